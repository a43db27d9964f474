"""What only the course needs: its register of lessons, what learners see and touch, and how it is made."""
