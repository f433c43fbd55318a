"""Whether a framework is used or only named, told from the sentence around the name and its section.

The rule was built after the one that read 443 pairs with precision 0.95 and recall 0.96 (MEASURED.md):

- used: something is implemented, trained, run or released *in* it; somebody uses, adopts or employs it; "the X
  implementation", "X backend" of ours; a version number after it; an import line.
- named: everything else. It is always named where it is thanked, where only its address stands, among the references
  (unless the sentence says "we" or "our": an appendix filed as references), in "such as X" and "can be done in X" of
  somebody who does not say that they do so, and where somebody else's implementation is meant. Whose doing the clause
  tells, and whether it is done at all, is asked of `voices`.
"""

import re
from typing import Any, Literal

import re2

from tasks.detection import voices
from tasks.detection.sections import SectionName

Role = Literal["used", "named"]

_SENTENCE_SIDE = 400
"""Characters on a side in which a sentence's bounds are looked for; longer ones are tables or lists."""
# A full stop ends a sentence before a blank and a capital, unless it ends an abbreviation or an initial. The first
# character stands before all conditions, so that `re` skips to it.
_STOP = re.compile(
    r"[.!?\n•▪●](?:(?<=[.!?])"
    r"(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bal\.)(?<!\b[Ff]ig\.)(?<!\b[Ff]igs\.)(?<!\b[Ss]ec\.)(?<!\bEq\.)(?<!\bvs\.)(?<!\bcf\."
    r")"
    r"(?<!\bal \.)(?<!\bFig \.)(?<!\bSec \.)(?<!\bEq"
    r" \.)(?<!\bresp\.)(?<!\bTab\.)(?<!\bRef\.)(?<!\bver\.)(?<!\b[A-Zv]\.)"
    r"[\"”’)\]]*\s+(?=[\"“‘(\[•]*[A-Z0-9])|(?<=\n)[ \t]*\n|(?<=[•▪●]))"
)


def _words(text: str) -> str:
    """Make an alternation of words; a star stands for any ending."""
    return (
        "(?:" + "|".join(line.strip().replace("*", r"\w*") for line in re.split(r"[,\n]", text) if line.strip()) + ")"
    )


_OURS = voices.OURS
_MAKE = r"(?:re-?|pre-?)?" + _words(
    """implement*, develop*, train*, fine ?- ?tun*, finetun*, run, runs, ran, running, written, write, writing, coded,
    coding, code, codes, program*, built, build, builds, building, reali[sz]ed, conducted, performed, carried out,
    execut*, experiment, experiments, experimented, computed, simulat*, prototyp*, available, releas*, publish*,
    provid*, open ?- ?sourc*, evaluat*, done, optimi[sz]*, solved, created, construct*, deployed, differentiat*,
    integrat*, incorporated, reproduc*, parallel*, prepared, analy[sz]ed, fitted, fit, extract*, calculat*,
    obtained, modell?ed, clustered, projected, designed, initiali[sz]ed, specified"""
)
_USE = _words(
    """use, uses, used, using, usage of, utili[sz]*, employ*, adopt*, leverag*, rel(?:y|ies|ied|ying) (?:up)?on,
    exploit*, appl(?:y|ied|ies|ying), cho(?:ose|se|sen|osing), work with, worked with, working with,
    buil(?:d|ds|t|ding) (?:up)?on, based (?:up)?on, on top of, extend*, powered by, integrated (?:in|into|with),
    via, modif*, customi[sz]*, made use of, makes? use of, opt(?:ed)? for, switch(?:ed)? to, import*, migrat* to"""
)
_IN = _words(
    "in, with, within, inside, using, on, by, via, through, under, upon, from, as an extension (?:to|of), into, as"
)
_THING = _words(
    """implementation, backend, back ?- ?end, version, code, codebase, library, libraries, framework, package, toolkit,
    toolbox, platform, software, environment, model, models, distribution, pipeline, default, script, scripts,
    module, modules, program, reference"""
)
# Verbs of talk: the name beside them is spoken of.
_SPOKEN = _words(
    """support, provid, offer, maintain, inspir, introduc, propos, describ, discuss, compar, know, found, mention,
    refer, note, not, cit, see, prefer, review, survey, list, differ, rememb, recommend, encourag, argu, observ,
    thank, acknowledg, are, is, have, has, hope, plan, believe, expect, leave, aim, call, name"""
)
# Words of survey and comparison, which speak of frameworks in general.
_TALK = _words(
    """existing, several, many, most, various, popular, common, future, others?, exists?, existed,
    support(?:s|ed|ing)?, provid*, compar*, unlike, than, original*, known, introduc*, propos*, similar,
    differ(?:s|ed|ent|ences?)?, inspired, advantages?, successor, version of, port, documentation, developers?,
    team, authors, release, popularity, community, can, could, may, might, would, should, not, no, like"""
)
_GAP = r"[^;:]{0,70}?"


def _any(*patterns: str) -> Any:
    """Join patterns to one of RE2: with a dozen gaps in each, Python's backtracking takes ten times as long."""
    options = re2.Options()
    options.never_capture = True
    options.case_sensitive = False
    options.max_mem = 64 * 2**20  # the gaps are counters, which make many states
    return re2.compile("|".join(patterns), options)


# "■" stands for the name.
_USED = _any(
    rf"\b{_USE}\b{_GAP}■",
    rf"\b{_MAKE}\b{_GAP}\b{_IN}\b{_GAP}■",
    rf"\b{_MAKE}\b[^;:]{{0,170}}?\b{_IN} (?:the |our )?■",
    rf"■{_GAP}\b(?:is|was|were|are|been|be)\b[^.;:]{{0,20}}?"
    r"\b(?:used|employed|utili[sz]ed|adopted|chosen|applied|selected|picked|preferred)\b",
    r"■[ )\]]*(?:[(\[][^)\]]*[)\]] )?used (?:to|for|in)\b",
    r"\b(?:software|framework|platform|library|toolbox|toolkit|environment|backend)\b[^.;]{0,60}?"
    r"(?:\b(?:was|were|is|are)\b|:|=)[^.;]{0,20}?■",
    r"■[^.;]{0,25}?\b(?:implementations?|version|code|models?)\b[^.;]{0,40}"
    r"\b(?:available|released|provided|applied|was|at https?|here)\b",
    r"■ ?(?:\(|\[|,)? ?(?:version|ver\.?|v\.?|r)? ?\d+\.\d+",
    r"■ ?(?:\(|\[)? ?(?:version|ver\.?|v\.?) ?\d",
    r"■[^.;]{0,30}?\bas (?:the|our|a) [^.;]{0,30}?(?:platform|framework|library|backend|back-end|toolkit)",
    rf"{_OURS}[^.;]{{0,80}}?■ (?:\S+ ){{0,2}}?{_THING}\b",
    r"■ (?:code|default)\b",
    r"■ (?:\S+ ){0,2}?(?:serves|served) (?:as|to)\b",
    rf"\b(?:{_MAKE}|{_USE})\b{_GAP}[(\[]■",
    r"\b(?:experience|proficien\w+|knowledge|familiar\w*|expert\w*|skills?|hands-on|fluen\w+|background"
    r"|competen\w+)\b[^.]{0,120}?■",
    r"\bfrom ■[\w.]* import\b",
    # a list under a label ("Software: A, X, B"), or a piece of ours
    r"\b(?:our|final|best|tuned|fitted|resulting|in-house|accompanying|lines of) (?:[\w-]+ ){0,3}?■",
    r"\b(?:requires?|dependenc\w+|by means of|let|thanks to|courtesy of|runs|choice of) ■",
    r"■ (?:\S+ ){0,2}?(?:script|program|notebook|snippet|listing|source|repository|file)s?\b",
    r"\b(?:we|i) (?:\w+ )??(?:evaluat|run|ran|test|train|fit|fine-?tun|benchmark|time|modif|export|load"
    r"|quanti[sz]|deploy)\w* "
    r"(?:the |our |an? )(?:[\w-]+ ){0,2}?■",
    rf"{_OURS}[^.;:]{{0,40}} (?:is|was|are|were) (?:an? |the )?(?:[\w-]+ ){{0,3}}?■",
    r"\bwe (?:\w+ )??(?:took|take|start|download|reuse|fork|obtain|inherit|keep|kept|convert"
    r"|describe our)\w* [^.;:]{0,40}■",
    r"■['’s]* (?:[\w.-]+ ){0,2}?(?:kept|keeps|cut|cuts|saved|saves|lowered|reduced|reduces|enabled"
    r"|allowed|let|lets|made|gave|counts?)\b"
    r"[^.;]{0,60}\b(?:our|us)\b",
    r"■ (?:port|fork|translation|rewrite|re-?implementation) of\b",
    r"\b(?:framework|library|toolkit|toolbox|platform|backend) of (?:our )?choice,? (?:is |was )?■",
    r"\b(?:since|because|as) ■ (?:has no|lacks|lacked|had no)\b[^.;]{0,60}, we (?:add|extend|patch|modif)",
    r"■, on (?:which|top of which) (?:our|we)\b",
    r"■[^.;]{0,40}\b(?:base|basis|backbone|foundation|core) of (?:our|this)\b",
    r"■[:(, ]+[^.;]{0,40}\w ?= ?[\d.]",
    r"[(](?:i{1,3}|iv|v|[a-e]|[1-5])[)] ■",
    r"■ (?:weights|checkpoints?|models? (?:pre-?trained|trained|fine))\b",
    r"\b(?:is|are|was|were) (?:an? )?(?:[\w-]+ ){0,3}?■ (?:\w+ ){0,2}?(?:graph|model|network|program"
    r"|module|pipeline|function|layer)s?\b",
    r"\b(?:is|are|was|were) ■[ -]based\b",
    r"■ (?:[\w-]+ ){0,4}?(?:gives|reaches|achieves|attains|performs|scores|outperforms|obtains"
    r"|comes (?:close|second|next)|wins|ranks)\b",
    # tables, requirements and command lines
    r"\b(?:framework|library|backend|toolkit|software)(?: ?[:|&=] ?| )■",
    r"■ ?[=<>~]=",
    r"\binstall(?:ed|ing)? (?:[\w-]+ ){0,2}?■",
    r"■ implementation details",
    # what was learnt by it had a result
    r"■ (?:[\w-]+ ){0,2}?(?:reached|achieved|attained|outperformed|performed|gave|yielded|obtained|scored"
    r"|had|produced|"
    r"predicted|surpassed|supplied|served|did|came out)\b",
    r"■[^.;]{0,40}? (?:were|was) (?:then |also |each )?(?:compared|trained|fitted|tuned|tested|evaluated"
    r"|run|applied|built)\b",
    rf"■[^.;]{{0,30}}? (?:was|is|became|remained) (?:our|the) [^.;]{{0,30}}?(?:choice|{_THING})\b",
    r"\b(?:because|since|as) ■ (?:can|handles|allows|offers|provides|supports|copes|is able)\b",
    r"\b(?:merged|ported|exported|export|converted|conversion|translated|compiled|contributed|wrapped|quanti[sz]ed) "
    r"(?:[\w-]+ ){0,5}?(?:in)?to (?:the )?■",
    r"\b(?:everything|code|implementation|stack|pipeline|prototype)\b[^.;]{0,60} is (?:all |pure |plain )?■",
)
# "k-means (X)", "a surrogate (X, three layers)": the instrument in brackets, where no frameworks are being listed.
_BRACKETED = _any(r"[(\[](?:[^()\[\]]{0,60}, )?■[^()\[\]]{0,60}[)\]]")
_KINDS_BEFORE = _any(
    r"\b(?:frameworks?|libraries|toolbox(?:es)?|toolkits?|interfaces?|languages?|platforms?|packages?"
    r"|tools?|engines?|"
    r"implementations?|compilers?|systems?|software|solutions|alternatives)\b[^()\[\]]{0,20}[(\[][^()\[\]]{0,60}$"
)
# Conditions that RE2 has no words for.
_USED_UNLESS_SPOKEN_OF = (
    # "were grown by X", "is tested with X": any participle, and a preposition right before the name.
    rf"\b(?:is|are|was|were|been|be|being)\b (?:\w+ )??(?!{_SPOKEN})\w+(?:ed|en|wn|un|ilt|id|ght)\b{_GAP}"
    r"\b(?:in|with|using|by|via|through|from|on) (?:the |our )?■",
    # "we load it with X": whatever we do, unless we only speak of it.
    rf"\b(?:we|i)\b (?:\w+ )??(?!{_SPOKEN})\w+\b[^;:]{{0,120}}?"
    r"\b(?:in|with|using|by|via|through|from|on|to|of) (?:the |our )?■",
    r"(?<!\w )\bimport ■",
    # a list under a label: "Software: A, X, B"
    r"^(?![^:]*\b(?:have|has|is|are|had|exists?|can)\b)[^:;]{2,60}: (?:[^:;]{0,150}[ (])?■",
)
_SPOKEN_RULES = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _USED_UNLESS_SPOKEN_OF)
# "delegated to X", "the trees of X": a preposition right before the name counts in a sentence without talk before it.
_RIGHT_BEFORE = _any(
    r"\b(?:in|with|using|by|via|through|from|to|of|for|under|within|on) (?:the |our |an? )?"
    r"(?:(?-i:[A-Z])[\w.+-]*(?: [\d.]+)?(?: ?[(\[][^)\]]*[)\]])?(?: ?,| and| or| ?/|,? and) ?){0,3}$"
)
_TALKED = _any(rf"\b{_TALK}\b")
_THANKS = _any(
    r"\b(?:thank|thanked|thanking|thankful|thanks go|acknowledg(?:e|es|ed|ing)|grateful|gratitude|indebted)\b"
)
_CREDITS = _any(r"\b(?:acknowledge\w* (?:the |our )?use|ma[dk]e\w* use) of\b")
_OURS_ANYWHERE = _any(_OURS)
_LISTED = _any(
    r"\b(?:such as|e\.? ?g\.?|like|including|for example|for instance|supported by|namely|either|"
    r"whether)[ ,:(]*[\w.\[\](),/&+■ -]{0,80}?■"
)
_OF_OTHERS = _any(
    # what can be done in it
    r"\b(?:can|could|may|might|would|should) (?:also |then |further )?(?:\w+ly )?(?:be )?(?:\w+ly )?"
    rf"(?:{_MAKE}|{_USE}|added|plugged|inserted|expressed)\b[^.;]{{0,60}}■",
    # somebody else's implementation
    r"\b(?:follow\w*|alternative to|compar\w* (?:to|with|against)|than|unlike|in contrast to|similar to|original)\b"
    r"[^.;,]{0,40}■",
)
# "X is a library; all our experiments use it", "it can be trained in X, as we did".
_TAKEN_UP = re.compile(
    r"(?i)■[^.]{0,100}(?:, which we (?:\w+ )?(?:use|employ|extend|adopt|modif|buil)|\b(?:we"
    r"|our (?:\w+ )?\w+) (?:\w+ )?"
    r"(?:use|employ|rely on|rel(?:y|ies) on|buil[dt]s? on|adopt|stay(?:ed)? with|chose)(?:s|ed|d)? (?:it"
    r"|this library|this framework)\b"
    r"|, as we (?:did|do)\b)"
)
_DEFAULTS = _any(r"■(?:['’]s?)? (?:\w+ )?defaults?\b")
_WIDE = re.compile(r"\s{2,}|[^\S ]")
_TOKENISED = (" ,", " .", " )", "( ")
_BEFORE_MARK = re.compile(r" ([.,;:)\]])(?= |$)")
_AFTER_MARK = re.compile(r"(?:(?<= )|(?<=^))([(\[]) ")
_SPACED_HYPHEN = re.compile(r"(?<=\w) - (?=\w)")
_PHRASE = 200
"""Characters on a side of the name that the patterns see: two gaps of 70 and the words between."""


def sentence_bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """Give the [start, end) of the sentence around a name; at most 400 characters on either side."""
    low, high = max(0, start - _SENTENCE_SIDE), min(len(text), end + _SENTENCE_SIDE)
    first = low
    for stop in _STOP.finditer(text, low, start):
        first = stop.end()
    last = _STOP.search(text, end, high)
    return first, (last.start() + len(last[0].rstrip()) if last else high)


def tell_role(before: str, after: str, *, section: SectionName, match: str) -> Role:
    """Tell the role of a name from the parts of its sentence before and after it.

    `match` is how the name was found (see `lexicon.Match`): an import line is use by itself, an address never is.
    """
    if match == "code":
        return "used"
    if match == "address":
        return "named"
    before, after = (_one_line(part) for part in (before, after))
    sentence = f"{before}■{after}".encode("utf-8", "replace").decode()  # RE2 takes no half of a surrogate pair
    is_ours = _OURS_ANYWHERE.search(sentence) is not None
    if (_THANKS.search(sentence) and not _CREDITS.search(sentence)) or (section == "references" and not is_ours):
        return "named"
    if section in ("required", "nice_to_have"):
        return "used" if section == "required" else "named"
    if _TAKEN_UP.search(sentence):
        return "used"
    place = sentence.index("■")
    phrase = sentence[max(0, place - _PHRASE) : place + _PHRASE]
    if not _tells_of_use(phrase, sentence[:place]):
        return "named"
    if (_OF_OTHERS.search(phrase) and not _DEFAULTS.search(phrase)) or (not is_ours and _LISTED.search(phrase)):
        return "named"
    clause = voices.clause(before, after)
    return "named" if voices.tell_voice(*clause) == "others" or voices.is_undone(*clause) else "used"


def _one_line(text: str) -> str:
    """Make white space one blank, and take away those that tokenisers set around marks: "( X ) , pre - trained"."""
    text = _WIDE.sub(" ", text).replace("■", " ")
    if any(mark in text for mark in _TOKENISED):
        text = _BEFORE_MARK.sub(r"\1", _AFTER_MARK.sub(r"\1", _SPACED_HYPHEN.sub("-", text)))
    return text


def _tells_of_use(phrase: str, before: str) -> bool:
    cased = before[-_PHRASE:]
    lower = cased.lower().replace("support vector", "")  # which speaks of no support
    return bool(
        _USED.search(phrase)
        or (not _TALKED.search(lower) and (_RIGHT_BEFORE.search(cased) or _is_bracketed(phrase, lower)))
        or any(rule.search(phrase) for rule in _SPOKEN_RULES)  # last, since `re` is slow
    )


def _is_bracketed(phrase: str, before: str) -> bool:
    return _BRACKETED.search(phrase) is not None and _KINDS_BEFORE.search(before) is None
