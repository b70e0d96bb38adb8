import hashlib

import numpy as np
import pandas as pd
import pytest

from analysis.events import embed as embed_
from analysis.events.embed import BACKEND, check_weights, lead_text, load_embed, load_scan, remember, remember_scan
from analysis.schema import ModelError
from analysis.settings import EventSettings


class Shelf:
    """A vector store that is a dict."""

    def __init__(self):
        self.kept = {}

    def get_many(self, keys):
        return {key: self.kept[key] for key in keys if key in self.kept}

    def put_many(self, vectors):
        self.kept.update(vectors)


def counting(calls):
    def embed(texts):
        calls.append(list(texts))
        return np.array([[len(text), 1.0] for text in texts], dtype=np.float32).reshape(len(texts), 2)

    return embed


def test_a_text_is_encoded_once_within_a_call_and_never_again():
    calls, shelf = [], Shelf()
    embed = remember(counting(calls), shelf)
    rows = embed(["aa", "b", "aa"])
    assert rows[:, 0].tolist() == [2.0, 1.0, 2.0]
    assert embed(["b", "ccc"])[:, 0].tolist() == [1.0, 3.0]
    assert calls == [["aa", "b"], ["ccc"]]


def test_keys_carry_the_backend_and_no_text():
    shelf = Shelf()
    remember(counting([]), shelf)(["secret"])
    assert list(shelf.kept) == [f"{BACKEND}:{hashlib.sha256(b'secret').hexdigest()}"]


def test_another_backend_does_not_get_these_vectors():
    calls, shelf = [], Shelf()
    remember(counting(calls), shelf)(["a"])
    remember(counting(calls), shelf, "other/1")(["a"])
    assert calls == [["a"], ["a"]]


def test_nothing_to_encode_gives_no_rows():
    assert remember(counting([]), Shelf())([]).shape == (0, 2)


def test_lone_surrogates_do_not_break_the_key():
    assert remember(counting([]), Shelf())(["\ud800"]).shape == (1, 2)


def test_a_scan_is_kept_like_vectors_and_comes_back_in_its_shape():
    calls, shelf = [], Shelf()

    def scan(texts):
        calls.append(list(texts))
        return [np.arange(3 * len(text), dtype=np.float32).reshape(-1, 3) for text in texts]

    kept = remember_scan(scan, shelf, "head", 3)
    first, second = kept(["ab", "c", "ab"]), kept(["c"])
    assert calls == [["ab", "c"]] and [table.shape for table in first] == [(2, 3), (1, 3), (2, 3)]
    assert first[0].tolist() == [[0, 1, 2], [3, 4, 5]] and second[0].tolist() == first[1].tolist() and kept([]) == []
    remember_scan(scan, shelf, "another head", 3)(["c"])
    assert calls[1:] == [["c"]]


def test_other_weights_are_refused(tmp_path):
    fake = tmp_path / "model.safetensors"
    fake.write_bytes(b"not the model")
    with pytest.raises(ModelError, match="not the expected"):
        check_weights(fake)
    with pytest.raises(ModelError, match="missing"):
        check_weights(tmp_path / "absent.safetensors")


def test_the_lead_is_the_title_and_the_opening():
    table = pd.DataFrame({"title": ["Quake", "Why now?", "", ""], "text": ["abcdef", "x", "  only text", ""]})
    assert lead_text(table, EventSettings(lead_characters=3)) == ["Quake. abc", "Why now? x", "o", ""]


@pytest.mark.models
def test_the_real_encoder_gives_unit_rows_and_knows_like_from_unlike():
    rows = load_embed(EventSettings())(["An earthquake hit the town.", "A quake struck the city.", "The striker scored twice."])
    assert rows.shape == (3, 384) and rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.2


@pytest.mark.models
def test_what_a_scan_has_read_is_not_read_again_and_is_the_same_vector(monkeypatch):
    settings, texts = EventSettings(), ["A short line.", "", "Officers moved in on the crowd by the pier at about ten, and nobody was hurt."]
    alone = load_embed(settings)(texts)
    scan = load_scan(settings, [2, 4], np.eye(384, dtype=np.float32)[:2])
    tables, read = scan(texts), []
    really = embed_._read
    monkeypatch.setattr(embed_, "_read", lambda settings, texts, *layers: read.append(list(texts)) or really(settings, texts, *layers))
    assert np.abs(load_embed(settings)([*texts, "Another."])[:3] - alone).max() < 1e-6
    assert read == [["Another."]]
    assert [len(table) for table in tables] == [6, 2, 20]  # word pieces and the two marks at the ends
    assert [texts[0][int(start):int(end)] for start, end in tables[0][1:-1, :2]] == ["A", "short", "line", "."]
    load_embed(settings)(texts)
    assert read[-1] == texts, "a vector waits for one asking only"


@pytest.mark.models
def test_batches_read_side_by_side_give_the_same_bits():
    texts = [" ".join(["The harbour was calm."] * n) for n in range(1, 9)]
    one, three = (load_embed(EventSettings(embed_workers=workers, embed_pieces=64))(texts) for workers in (1, 3))
    assert np.array_equal(one, three) and len(np.unique(one, axis=0)) == len(texts)


def test_no_more_vectors_wait_than_allowed():
    waiting = embed_._Waiting()
    for at in range(5):
        waiting.put(str(at), np.array([at]), most=2)
    assert [waiting.take(str(at)) is not None for at in range(5)] == [False, False, False, True, True] and waiting.take("4") is None


def test_batches_hold_like_lengths_and_no_more_than_allowed_padding_included():
    sizes = [9, 2, 300, 3, 2, 8]
    batches = list(embed_._batches(sizes, 18))
    assert batches == [[1, 4, 3], [5, 0], [2]]  # 3 x 3 = 9, and with 8 it would be 32; 2 x 9 = 18; a text longer than allowed goes alone
