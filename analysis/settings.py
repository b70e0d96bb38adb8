"""Every tunable number, with its unit and the reason for its value.

One frozen dataclass a wing; `Settings` joins them. A number that decides anything on the road lives here and nowhere else.
Write a field as: name: type = default  # unit; reason (METHODS section or own measurement).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class CorpusSettings:
    """How files are read and the library is kept."""

    chunk: int = 1000  # articles read at a time; 1,000 of 4 kB are 4 MB, so memory stays flat whatever the file
    max_characters: int = 1_000_000  # in one article; the longest reports run to 150,000, so beyond this the record is no article
    max_record_bytes: int = 20_000_000  # of one JSONL line or CSV record; guards memory against a file without line ends
    max_file_bytes: int = 300_000_000  # of one JSON array, which cannot be streamed; JSONL has no such limit
    max_unpacked: int = 200_000_000  # bytes of one archive or packed file after unpacking (PLATFORM 2.3, S5); WARC is streamed without this limit
    max_pasted: int = 100  # articles pasted at once; each takes about 10 ms, and more belong in files
    max_members: int = 1_000  # members of one archive
    max_ratio: int = 100  # bytes unpacked for one packed; text packs to a third or a tenth, only bombs go beyond
    shown_added: int = 200  # new articles an ingest lists by name; the others are counted
    head_bytes: int = 4_000_000  # looked at to tell the encoding; later lines that do not fit are refused one by one
    busy_seconds: float = 15.0  # s a writer waits for another; one batch of articles holds the lock for under 1 s (measured)
    restart_seconds: float = 60.0  # s a server that went away is waited for; a restart takes 2 s here, one after a crash longer
    retry_seconds: float = 0.5  # s between two attempts to reach it
    verify_bytes: int = 20_000_000  # a file up to this size is checked from end to end when opened (about 3,000 articles); a larger one by `check`
    free_times: float = 2.0  # times the library's size; with less free disk `doctor` says so, as a backup and a large ingest both need their room
    teaser_words: int = 80  # words; a shorter text is a teaser and gives way to the whole text of its page (as in ClaimSettings)
    ranked_matches: int = 1_000  # newest matches of a search that are ranked; to rank all 100,000 of a common word takes 0.24 s (benchmarks/scale_library.py)
    same_page_share: float = 0.5  # of the shorter text's words; from here on two texts under one address are one article with edits


@dataclass(frozen=True)
class WebSettings:
    """How links and feeds are fetched."""

    connect_seconds: float = 5.0  # s for a name, and for a line; a live server answers in under 1
    answer_seconds: float = 20.0  # s for a whole answer with its redirects (miniflux waits as long)
    total_seconds: float = 600.0  # s for all links of one ingest; what is there by then is kept, the rest is named
    redirects: int = 2  # http to https to www; more is a maze (trafilatura stops there too)
    max_body: int = 15_000_000  # bytes after unpacking (miniflux); feeds with whole articles reach 5 million
    fetchers: int = 8  # hosts asked at once; one line a host
    host_pause: float = 0.5  # s between two requests to one host, so that no small outlet notices us
    host_faults: int = 3  # failures in a row after which a host is left alone for this ingest
    whole_words: int = 200  # words; an entry that a feed gives with its whole content is not fetched again from here on
    batch: int = 20  # articles of pages and links added at a time, so that what is there is seen and stays
    feed_entries: int = 500  # entries of one feed that are read, from the top; whole archives belong in a file


@dataclass(frozen=True)
class WorkerSettings:
    """The processes that take hostile pages, feeds and sheets apart."""

    processes: int = 2  # one a core of a small machine; each holds about 130 MB
    seconds: float = 8.0  # s a page, a feed or a stretch of a sheet may take, so that it is gone before the tenth is over on a busy machine too; an ordinary page takes 0.02 to 0.1
    start_seconds: float = 90.0  # s for the process to load its libraries; 2 on a quiet machine
    bytes: int = 250_000_000  # of memory a job may take beyond what the libraries hold; a page of 5 MB takes about 120 million
    jobs: int = 500  # after which a process is replaced, so that what the parsers leak stays small


@dataclass(frozen=True)
class CleanSettings:
    """How pasted pages and HTML become articles."""

    min_words: int = 20  # words; under it a page holds no article worth keeping, only a caption or an error page
    max_page: int = 5_000_000  # characters; saved pages rarely pass 2 million, and trafilatura's time grows faster than their size
    max_lines: int = 20_000  # lines of a pasted page; the longest of 126 labelled pages has 581
    short_html: int = 1_000  # characters; a text read from HTML with precision that is shorter is read again without (ours: two paragraphs)
    times_longer: float = 4.0  # how much longer the second reading must be to be taken; precision drops at most comments and boxes, not three quarters
    max_attributes: int = 1_000  # of one element; pages have dozens, and libxml2 takes minutes for 400,000
    max_elements: int = 60_000  # HTML elements; a page of 9.6 MB in equal paragraphs takes trafilatura 46 s (PLATFORM part 3, S9)


@dataclass(frozen=True)
class EventSettings:
    """How articles become origins, events and storylines."""

    embed_workers: int = 2  # batches read side by side, one thread each: the cores of the smallest machine this is for; bits do not depend on it
    embed_pieces: int = 512  # word pieces a step, padding included: 15 % less work than 32 texts a step, and nothing gained by more (own measurement, one thread)
    embed_kept: int = 20_000  # sentence vectors a scan leaves for the encoder (30 MB): the sentences of an event of 800 articles
    embed_threads: int = 1  # of torch; beside any other busy process a second thread on two cores made a short text 13 times slower, alone it gains 1.3
    lead_characters: int = 900  # characters of the text that are embedded with the title; the model reads about 1,100 (METHODS 1.6)
    text_characters: int = 20_000  # characters whose words are weighed; a longer text is a live blog or a transcript
    gap_days: int = 10  # days; widest gap between two reports of one event, and the width of a slab of time (METHODS 1.2)
    neighbours: int = 64  # nearest articles looked at for each article and slab; events of 200 still hang together
    candidate_cosine: float = 0.3  # cosine of leads; under it no pair of the development half reached the cut
    exact_slab: int = 20_000  # articles; up to here a slab is searched exactly, beyond through an inverted file
    probed_cells: int = 24  # cells of the inverted file searched for each article; finds 99 % of the exact neighbours
    meaning_share: float = 0.356  # weight of the lead cosine; more blurs twins (METHODS 1.3). The four weights were chosen together (docs/grouping.md)
    words_share: float = 0.441  # weight of the tf-idf cosine over words
    phrases_share: float = 0.123  # weight of the tf-idf cosine over word pairs: names of two words, and what only one happening has
    lead_share: float = 0.138  # weight of the tf-idf cosine over the words of the opening, where a report says what happened
    opening_characters: int = 500  # characters of title and text that are the opening
    same_day_told: float = 0.05  # what two undated texts gain by naming the same day
    same_year_told: float = 0.18  # what they gain when the latest year they name, or appeared in, is the same
    other_day_told: float = 0.06  # what they lose when both name days and share none
    other_year_told: float = 0.15  # what they lose when the latest years they name, or appeared in, are more than one apart
    later_year_told: float = 0.2  # what they lose besides when one names a year two or more after the other appeared, as 5 to 8 in 100 reports do
    figure_characters: int = 800  # characters of title and text whose figures are read; further down stand ages, prices and other days' tolls
    fewest_figures: int = 2  # figures both must name before sharing none says anything, and that must be shared before it speaks for a pair
    same_figures_told: float = 0.05  # what a pair gains by shared figures
    other_figures_told: float = 0.1  # what it loses when both name figures and share none: one event .48 against .77 of middling pairs (docs/grouping.md)
    kernel_days: float = 3.0  # days; standard deviation of the time kernel (Miranda et al. 2018; METHODS 1.2)
    kernel_peak: float = 1.2  # the kernel's value at no gap; without dates it is 1, so the same day has to speak for a pair (docs/grouping.md)
    kernel_floor: float = 0.5  # the kernel's value far apart, still within gap_days
    kernel_half_dated: float = 0.76  # the kernel when one of two articles is dated: its mean over gap_days, as the gap may be anything
    event_cut: float = 0.24  # mean score from which two groups may be one event; within the plateau where precision is the higher half (docs/grouping.md)
    borderline: float = 0.05  # closeness above the cut under which an article is offered for confirmation (METHODS 1.5)
    contrast: float = 0.75  # how far the cut rises towards what both groups could have elsewhere; keeps twins apart (docs/grouping.md)
    chain_contrast: float = 0.5  # the same for two articles alone, before linking; a little less, so that linking decides (docs/grouping.md)
    copy_score: float = 0.75  # score from which two articles are prints of one text
    copy_counts: float = 0.5  # what a print counts as in the contrast: the upper quartile of scores inside events, .46 to .51 on four sets (docs/grouping.md)
    component_limit: int = 600  # articles linked in one piece; work grows with its square, and events of 200 fit with room (docs/grouping.md)
    component_step: float = 0.01  # score; how much more is asked of the links of a piece that is too large, at a time
    topic_share: float = 0.5  # share of the topic cosine in a link between events (METHODS 1.5)
    actor_share: float = 0.3  # share of the weighed cosine of names
    time_share: float = 0.05  # what nearness in time adds at most; at .2 the news of one week becomes one storyline
    storyline_days: float = 30.0  # days after which nearness in time has fallen to a third (METHODS 1.5)
    storyline_cut: float = 0.33  # mean weight from which events are one storyline; .27-.33 is best on linked twins, above .3 less chains (docs/grouping.md)
    storyline_neighbours: int = 20  # nearest events looked at for links
    actor_characters: int = 3_000  # characters looked through for an event's actors
    live_stamps: int = 8  # lines that begin with a time; a report has one or two, a live blog one an entry
    why_characters: int = 1_500  # characters looked through for the names that explain a group
    why_names: int = 3  # names shown; more are not read
    shingle_words: int = 5  # words; shorter runs are shared by chance, longer ones break at every edit (METHODS 1.4)
    same_text: float = 0.8  # containment from which two articles are one text (METHODS 1.4)
    shared_base: float = 0.4  # containment from which one text lies under both, with edits of their own (METHODS 1.4)
    shared_passages: float = 0.15  # containment from which passages are shared: a press release, a paragraph of agency copy
    same_order: float = 0.6  # share of sentences with a twin in the same order that makes a shared base the same text (METHODS 1.4)
    like_sentences: float = 0.75  # Jaccard of two sentences' words; one changed word in a sentence of eight
    least_runs: int = 12  # runs; a text with fewer (one short sentence) is the same text only when it is identical
    origin_batch: int = 5_000  # articles whose texts are compared at once, whole events; keeps memory flat (about 100 MB)
    crowd: int = 60  # texts; a run held by more is chained, not paired all with all


@dataclass(frozen=True)
class VoiceSettings:
    """How quotations, speakers and cues are found."""

    longest_sentence: int = 2000  # characters; a "sentence" above it is a list or a table without full stops, cut at a space so that parsing stays linear
    longest_piece: int = 20000  # characters handed to the parser at once (METHODS 8, row 4); longer paragraphs go in several calls, nothing is dropped
    wrapped_share: float = 0.3  # of single line breaks followed by a lower-case letter; from here on they are hard wrapping, not paragraphs (ours: a paragraph rarely opens in lower case, a wrapped line mostly does)
    parser_batch: int = 32  # paragraphs a parser batch (METHODS 8, row 4)
    longest_scrap: int = 7  # words; longer quoted stretches that open a sentence or follow a comma are statements even without end punctuation (third of PolNeAR: 92 % right)
    shortest_whole: int = 3  # words; a quoted stretch this short after a comma is a scrap unless a reporting word stands before it (same third: 12 of 14)
    shortest_unattributed: int = 4  # words; shorter quoted words that nobody is said to have spoken are titles or scare quotes, not quotations
    carry_sentences: int = 2  # sentences a speaker is carried to a quotation without reporting words (METHODS 4.5)
    pronoun_sentences: int = 4  # sentences a "he" or "she" reaches back for its person; ours, a guess: 25 resolved pronouns were read at this reach, 1 clearly wrong
    cut_run: int = 5  # words in a row two quotations must share to be laid side by side; four-word runs are often set phrases
    cut_shared: int = 6  # words in all the two cuts must share (ours: under it the scraps are too short to call them one quotation)
    cut_overlap: float = 0.5  # of the shorter quotation's words; under half, two quotations only share a set phrase
    longest_scare_quote: int = 3  # words; longer quoted stretches are quotations or titles (METHODS 2.5)
    longest_single: int = 600  # characters between single marks; further apart one of them is taken for an apostrophe (ours: about a hundred words)


@dataclass(frozen=True)
class SentimentSettings:
    """How sentences get a sentiment and loaded wording is marked."""

    batch: int = 4096  # sentences; scored together, so that memory does not grow with the library (about 40 MB a batch)
    max_characters: int = 4000  # characters; a longer "sentence" is an unsplit table, and VADER's "but" rule costs the square
    scale: float = 0.60  # per rating point; half a point of four becomes 0.30, METHODS 3.4's cut; beyond 1.67 points it stays at 1
    neutral_cut: float = 0.30  # -1…1; METHODS 3.4: .30 separates what raters call neutral better than VADER's .05
    min_narration_words: int = 4  # words; under it only "he said" is left of a quoted sentence
    event_word_share: float = 0.60  # of origins; METHODS 3.4: words this common describe the event, not the outlet
    loaded_weights: str = ""  # file of `train-wording`; '' is the head that comes with the tool
    loaded_cut: float = 0.8  # probability from which a sentence may be marked; at .70 one point in a hundred more of the marks were wrong: precision before recall
    loaded_marks: int = 3  # words marked in a sentence; more is no evidence but paint
    loaded_word: float = 0.9  # probability of a word, in its context, to be one a loaded twin changed; under it a word is not looked at further
    loaded_alone: float = 0.95  # the same when the word stands alone; chosen on half of 125 hand-labelled sentences, .87 of the other half's marks were defensible
    theme_sentences: int = 60  # distinct body sentences of an event; with fewer nothing can be said to stand out
    theme_height: float = 1.0  # standard deviations above the event's mean nearness (METHODS 5)
    theme_lead: float = 0.3  # standard deviations over the second theme; nearer, the sentence belongs to neither (METHODS 5)
    theme_nearness: float = 0.24  # cosine; under it a sentence is merely less unlike this theme than others are (read on 13 events: benchmarks/README.md)
    theme_gap: float = 0.10  # cosine over the next theme; the two together kept half of the right assignments and a twentieth of the wrong ones
    theme_alone: int = 3  # sentences of one article from which a theme that no other origin has is told


@dataclass(frozen=True)
class ClaimSettings:
    """How claims are aligned, weighed and contrasted; the comparability gate; tendencies over events."""

    language: str = "en"  # two letters; the sentence model, the parser and VADER know English only
    teaser_words: int = 80  # words; under it a text is a teaser and what it lacks says nothing (METHODS 8, step 2)
    max_length_ratio: float = 4.0  # longest / shortest; beyond it counts and shares compare a brief with a feature (METHODS 8, step 9)
    max_hours: float = 48.0  # hours after the event's first article; later texts know more (METHODS 8, step 9)
    shared_text: float = 0.15  # containment 0…1; from here a passage is common property and not the outlet's wording (METHODS 1.4)
    live_stamps: int = 15  # clock times at line starts; a running log has more, a report fewer (METHODS 8, step 3)
    transcript_turns: float = 0.3  # share of paragraphs that open with "NAME:"; reports stay near 0
    opinion_first_person: float = 0.012  # share of narrator words that are I / my / me; reports stay under 0.004 (basil: 99 % under 0.003)

    clause_tokens: int = 5  # words on each side of a cut; shorter pieces carry no claim of their own (METHODS 4.3)
    inner_words: int = 7  # words of a relative clause inside a sentence from which it may state a fact of its own
    min_words: int = 5  # words; "he said on Monday" is no claim (METHODS 4.3: 6 tokens with the full stop)
    max_words: int = 60  # words; longer units are lists or broken splits and match everything a little (METHODS 4.3)
    credit_words: int = 14  # words; ", said Jane Roe, a nurse who lives on the island" is credit, more is a statement of its own
    overlap_weight: float = 0.8  # agreement = cosine + this x rarity-weighted Jaccard of content lemmas: AUC .895 against .854 for the cosine alone (labels)
    number_bonus: float = 0.15  # added to the agreement for one figure in common: 11 of 13 labelled pairs that share one are one fact
    numbers_bonus: float = 0.25  # added for two figures or more, or when one corrects the other's ("11, not 14")
    small_number: float = 12.0  # up to here a number says little unless it counts the same thing: every report has a "two"
    denial_cost: float = 0.05  # taken off when only one of the two is negated: "closed" and "not closed" have nearly the same vector
    telling_words: float = 3.2  # words in common that are no names (one that only the two have counts 1, others less); of likely pairs under it every second states one fact, of the others .78 (benchmarks/bench_claims.py)
    names_cost: float = 0.085  # taken off the agreement of a pair under it; most of the way from `firm` to `likely`: more costs recall (labels, half "choose")
    event_cost: float = 0.10  # taken off between two events of a storyline: other happenings with the same people need the agreement of `firm` to be `likely`
    floor: float = 0.45  # cosine; no pair under it is looked at (one in five pairs at .50 to .60 is one fact, labels)
    firm: float = 0.94  # agreement; .94 of such labelled pairs state one fact (benchmarks/bench_claims.py)
    likely: float = 0.84  # agreement; three in four of the pairs between here and `firm` state one fact (41 fresh labels, benchmarks/bench_claims.py)
    headline: float = 0.84  # cosine + overlap of a title with its article's own wording; a title is short and repeats the lead
    near: float = 0.58  # cosine; an unlinked sentence this close makes the cell "cannot tell", not "not found": from here on six of nine such cells read did hold the fact
    hint: float = 0.62  # agreement; a unit that agrees this far with any wording of the claim makes "not found" a "cannot tell"
    medoid: float = 0.55  # cosine to the claim's label; under it a member without a link to the label leaves, which stops chains (METHODS 4.3)
    same_wording: float = 0.92  # cosine; sentences of one origin this close are one sentence lightly edited (METHODS 1.4)
    name_likeness: float = 0.75  # ratio 0…1 of equal letters; Jon / John .86, Steven / Stephen .77, Robert / Richard .31
    shared_run: int = 5  # words; a run this long in both wordings is quotation or common copy, not chance
    run_bonus: float = 0.08  # added to the agreement for such a run: quotations are cut differently, which lowers the cosine
    run_share_bonus: float = 0.17  # added besides, x the share 0…1 of the shorter wording's runs that are common
    conflict_overlap: float = 0.25  # Jaccard of content lemmas from which different numbers of people, money or percent are one finding and not two facts
    rounding: float = 0.05  # relative; "14,000" and "14,126" do not conflict
    full_grid: int = 40  # articles; larger events list single-origin claims for their carriers only, or the table grows with the square
    block: int = 2048  # rows of a similarity block; 2,048 x 12,000 float32 = 98 MB

    left_out_share: float = 0.60  # of the other origins must carry it (METHODS 4.3)
    left_out_origins: int = 3  # carriers at least (METHODS 4.3)
    left_out_similarity: float = 0.50  # cosine; the closest sentence must stay under it (METHODS 4.3)
    left_out_words: int = 150  # words; a shorter text leaves most things out for want of room (METHODS 4.3)
    left_out_hours: float = 2.0  # hours before the second carrier an article may be and still have known it (METHODS 4.3)

    decay: float = 1.0  # exponent of the position weight exp(-decay x sentence / sentences) (METHODS 4.4)
    headline_weight: float = 1.5  # weight of a mention in the title (METHODS 4.4)
    lead_share: float = 0.2  # first share of the sentences, which weighs 1 (METHODS 4.4)
    actor_mentions: int = 2  # mentions over the whole event; a name met once is no actor
    max_actors: int = 60  # by mentions; a table of 200 articles stays readable and under 12,000 rows
    noun_mentions: int = 4  # mentions of somebody whom nobody names ("the protesters"), in two articles, from which they are an actor

    draws: int = 1000  # resamples of an article's sentences; the 90 % ends then move by under 2 % of their width
    band_draws: int = 400  # shuffles behind the grey band; its ends move by about 5 % of its width
    interval: float = 0.90  # coverage of every interval shown (METHODS 6)
    min_sentences: int = 5  # sentences; under it no interval is given and nothing is told
    told_sentences: int = 8  # sentences on which an article's own statement must rest: half a short report
    min_origins: int = 2  # other origins; one other text is a pair, not "the others"

    shuffle_runs: int = 100  # shuffles of the outlet names in the self-check (METHODS 9)
    shuffle_trust: float = 0.95  # quantile of the binomial count of false alarms that the self-check still takes for luck
    event_draws: int = 2000  # resamples of events (METHODS 6)
    early_events: int = 10  # shared events; under it no word about an outlet (METHODS 6)
    card_events: int = 30  # shared events; from here an outlet may have a card (METHODS 6)
    false_discovery: float = 0.05  # Benjamini-Hochberg level over all outlets and measures; under the null any flag is one run in twenty


@dataclass(frozen=True)
class WordingSettings:
    """How phrases, names and themes are compared; tendencies over events."""

    longest_phrase: int = 3  # words; longer ones hardly ever recur in one event (METHODS 2.3)
    min_phrase_sentences: int = 2  # sentences of an article a phrase "only here" must stand in; one use is a turn of phrase, not a choice
    absent_share: float = 0.60  # of the other origins must use a phrase before "absent here" is said (METHODS 2.3)
    absent_origins: int = 2  # origins that must use it, so that one other article is never "most others"
    min_phrase_uses: int = 4  # uses in all, of a phrase listed for its different share (METHODS 2.3)
    min_z: float = 1.0  # size of z; under it two shares look the same, and a list of ten would be filled with chance
    dirichlet: float = 500.0  # pseudo-words of prior; of 10, 100, 500 and 1,000 the largest that still ranks (METHODS 2.1)
    nested_share: float = 0.80  # of its uses inside a longer listed phrase, from which a shorter one is dropped (METHODS 2.3)
    phrases_shown: int = 10  # phrases a list; more is a concordance, not a finding
    elsewhere_shown: int = 20  # sentences elsewhere kept with a phrase
    min_name_spread: float = 0.15  # 0…; labels of two articles overlap by all but this before a referent is listed; forms of a name are one label
    referents_shown: int = 20  # most differently called first; the rest are called nearly alike
    context_characters: int = 60  # on each side of a word in context; about one line of a column



@dataclass(frozen=True)
class Settings:
    """All settings in force; `as_dict` is what a Comparison records."""

    corpus: CorpusSettings = field(default_factory=CorpusSettings)
    web: WebSettings = field(default_factory=WebSettings)
    worker: WorkerSettings = field(default_factory=WorkerSettings)
    clean: CleanSettings = field(default_factory=CleanSettings)
    events: EventSettings = field(default_factory=EventSettings)
    voices: VoiceSettings = field(default_factory=VoiceSettings)
    sentiment: SentimentSettings = field(default_factory=SentimentSettings)
    claims: ClaimSettings = field(default_factory=ClaimSettings)
    wording: WordingSettings = field(default_factory=WordingSettings)

    def as_dict(self) -> dict[str, dict[str, object]]:
        """Return plain nested dicts, one a wing."""
        return asdict(self)
