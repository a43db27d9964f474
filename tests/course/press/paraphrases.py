"""Sentences that give a prediction away or do not, written before the guard was tuned, and held out."""

__all__ = ["INNOCENT", "PARAPHRASES"]

PARAPHRASES = [
    ("M1.p1", "Sooner or later a table has one side only, and from then on its bag is the same for ever."),
    ("M1.p2", "After thirty rounds just half a dozen words survive."),
    ("M1.p3", "With the original in the bag, 45 words can be seen at the end."),
    ("M2.p1", "Most chains collapse, though a handful go up."),
    ("M2.p2", "The typical chain has lost two thirds of its variance by then."),
    ("M2.p3", "The median settles at 0.9."),
    ("M2.p4", "A thousand chains hardly ever hold the few that carry the mean."),
    ("M3.p1", "Half of the words with ten copies are lost by generation 27."),
    ("M3.p3", "After the first generation no further word is lost."),
    ("M4.p1", "Precision stays put while recall is cut in half."),
    ("M4.p2", "The sampled images look ever more real, and the recall goes to zero."),
    ("M4.p3", "Handing on means ends in a single blob; sampled pixels remain different."),
    ("M5.p1", "The trigram keeps as many types as the bag of words."),
    ("M5.p2", "Its own text looks as likely as ever; real text gets more and more surprising."),
    ("M5.p4", "The tokens hold their share; whole passages disappear in one step."),
    ("M6.p1", "The error levels off at 1.6 times that of the first generation."),
    ("M6.p3", "The tail goes, but the variance is untouched."),
    ("M7.p2", "Ten fresh samples keep as much of a large set as of a small one."),
    ("M8.p3", "The pairs sound the alarm first."),
    ("M9.p2", "The bill overtakes the saving with the ninth model."),
]

INNOCENT = [
    ("M1.p1", "Each table plays the game with a bag of its own."),
    ("M1.p2", "One slip stands for one word of the novel, so common words have several slips."),
    ("M1.p3", "Put the original hundred slips next to the last hundred draws, and draw from both."),
    ("M2.p1", "The film shows forty chains, one line for each of the people."),
    ("M2.p2", "The median of an odd number of chains is the one in the middle."),
    ("M2.p3", "Under accumulate the training set gets larger by 30 numbers in each generation."),
    ("M2.p4", "The table has a row for each number of chains, from ten to a thousand."),
    ("M3.p1", "The book has 209,259 words, and 1,014 of its types come ten times."),
    ("M3.p2", "Each chain is drawn with a seed of its own, so that you can draw it again."),
    ("M3.p3", "Here the model keeps the 500 words that came most often."),
    ("M4.p1", "Recall and precision are measured against 898 images that no model has seen."),
    ("M4.p3", "A decoder returns a mean and a spread for each pixel of the image."),
    ("M5.p1", "A trigram model looks at two tokens and draws the next one."),
    ("M5.p2", "Perplexity is the number of words among which a model hesitates, on average."),
    ("M5.p3", "At temperature 0.8 each probability is raised to the power 1.25, and all are scaled to add up to 1."),
    ("M6.p1", "The test rows are real, and their labels have no noise."),
    ("M6.p3", "Eight definitions of collapse are in use, and each asks for something of its own."),
    ("M7.p1", "What is shown: accumulate and anchor in blue, all others in grey."),
    ("M8.p1", "The detector looks at one document at a time and returns a score."),
    ("M9.p1", "A price list has three steps: up to 20,000 users, up to 200,000, and above."),
]
