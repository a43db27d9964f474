"""What only the course needs: lessons, explorers, quizzes, the learner's desk, the press that makes the notebooks."""
