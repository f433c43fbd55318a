"""Whose doing a clause tells: ours, somebody else's, nobody's in particular; and whether it tells of doing at all.

Papers speak of frameworks in three voices. "We trained in X" is ours; "Lee et al. trained in X", "22 of the reviewed
papers used X", "users of X" are others'; "trained in X" says nothing and is ours by default. A sentence often holds two
voices, so it is cut into clauses first, and what a clause says of others counts only where it does not say "we".
"""

import re
from typing import Any, Literal

import re2

Voice = Literal["ours", "others", "unclear"]

OURS = r"\b(?:we|our|ours|ourselves|us|i|my|this paper|this work|this study|here)\b"

_CITED = re.compile(r" ?\([^()]*\b(?:19|20)\d\d[a-z]?\b[^()]*\)")
_MARKED = re.compile(r"\[ ?(?:reference|[\d ,;–-]+) ?\]")
# Where another clause begins: its own subject, or a relative one.
_CUT = re.compile(
    r"[;, ](?:(?<=;)|(?<=,) (?=(?i:but|while|whilst|whereas|although|though|however|yet|so that|who|whom|whose"
    r"|which|where|neither|nor|(?:of|for|in|to|from|by|on) (?:which|whom))\b"
    r"|and \w+(?:ed|ly|e|es)? (?:an?|the|our|new|it|them|we)\b)"
    r"|(?<= )(?=and (?:their|they|we|our)\b))"
)
# First persons who are no doers: what is known to us, seen in our survey.
_BYSTANDING = re.compile(
    r"(?i)\b(?:known|available|accessible|unknown) to us\b|\b(?:best of )?our (?:knowledge|view|opinion"
    r"|survey|review)\b"
    r"|\b(?:that |which )?we (?:reviewed|surveyed|read|found|screened)\b"
    r"|\bour (?:field|community|discipline|competitors|predecessors|rivals|customers|clients|users|readers)\b"
)
_OURS = re2.compile(f"(?i){OURS}")

_DID = (
    r"(?:also |then |first |already |have |has |had )?(?:uses?|used|rel(?:y|ied)|releas\w+|distribut\w+"
    r"|propos\w+|report\w*|"
    r"provid(?:es|ed|e)|show\w*|found|wrote|writes?|built|builds?|chose|offer\w*|shar\w+|publish\w*"
    r"|describ\w+|introduc\w+|"
    r"employ\w*|adopt\w*|appl(?:y|ied|ies)|"
    # These may be participles ("the model of [3] trained in X"), which a preposition follows.
    r"(?:implement|train|develop|run|extend|port|fine-?tune|evaluate|fit)(?:s|e?d|ted)?\b(?! (?:in|with"
    r"|using|on|by|via|from)\b))"
)
_WORKS = (
    r"(?:works?|stud(?:y|ies)|papers?|articles|publications|approaches|groups?|teams?|authors|submissions"
    r"|entries|efforts|"
    r"participants|attempts|trackers|systems|implementations|competitors|laborator(?:y|ies)|labs)"
)
_OTHERS = re.compile(
    rf"""(?ix)\bet\ al\b\.?\ ?†?\ (?!in\b|for\b|with|using|was|were|is\b|are\b|and\b|or\b|on\b|as\b|at\b|to\b
       |from\b|that\b)[a-z]{{2,}}
    |\b(?:trained|implemented|developed|released|written|built|provided|published|made|run|distributed
       |reported)\ by\ [\w-]+\ et\ al
    |(?:†|\band\ (?:colleagues|co-?workers|collaborators))\ (?:{_DID}\b)
    |\b(?:colleagues|co-?workers)\ \w+ed\b
    |^\W*(?:in|by|see)\ (?:refs?\.?|references?\ )?†
    |\bthey\ {_DID}\b|\btheirs\b|\bwho\b
    |\btheir\ (?:own\ |respective\ |original\ |official\ )?(?:code|implementations?|systems?|experiments
       |results|paper|teams?|authors?|
       software|version|release|repositor\w+|method|approach|makers|inventors)\b
    |\bits\ (?:authors?|inventors?|makers?|developers?|maintainers?|creators?)\b
    |(?<!first\ )(?<!second\ )(?<!third\ )(?<!last\ )(?<!senior\ )\bauthors?\b(?!['’]?\ contribut)
    |\bby\ (?:the|a|another)\ (?:[\w-]+\ ){0, 3}?(?:teams?|groups?|laborator(?:y|ies)|labs?)\b
    |\b(?:most|many|several|some|other|few|various|earl(?:y|ier)|previous|prior|existing|related|recent
       |reviewed|surveyed|included|
       competing|alternative|numerous|downstream|published|pioneering)\ (?:(?!models)[\w-]+\ ){{0,2}}?{_WORKS}\b
    |\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|\w+teen|\w+ty|one)\ (?:of\ (?:the|these
       |those)\ )?(?:[\w-]+\ ){{0,2}}?
       (?:papers|studies|articles|publications|teams|groups|submissions|entries|participants)\b
    |(?:^|[,;]\ |\band\ )(?:\d+|two|three|four|five|six|seven|eight|nine|ten)\ (?:others\ )?(?:used|use|chose
       |employed|relied)\b
    |\b(?:users?|practitioners?|researchers|developers|clinicians|physicians|biologists|pathologists|scientists
       |engineers|
       vendors?|people|community|industry|maintainers?|inventors?|competitors?|organi[sz]ers?|participants
       |contestants|newcomers|
       beginners|students|companies|others|somebody|someone)\b
    |\b(?:nowadays|these\ days|today|historically|traditionally|originally|by\ now|to\ date|years\ ago
       |literature|more\ recently|
       ha(?:s|ve)\ since)\b
    |\b(?:is|are)\ (?:the|an?|one)\ (?:default|standard|main|core|official|native)\ (?:[\w-]+\ ){{0,3}}?(?:of
       |for|in)\ ■
    |\b(?:official|unofficial|third[\ -]party|original)\ (?:[\w-]+\ ){{0,2}}?(?:■|implementation|code|version
       |release|repositor)
    |\bwinners?\b|\bwinning\ (?:team|entry|system)\b
    |\bstill\ (?:win|use|rely|dominat)|\b(?:is|are|have|has)\ (?:still|often|usually|typically|generally|widely
       |increasingly|frequently)\b
    |\b(?:ingests|imports|accepts|consumes|parses)\ [^.;:]{0, 30}■
    |\bexist(?:s|ed)?\b|\b(?:is|are)\ known\b|\b(?:tutorials?|textbooks?|courses?|blogs?|plug-?ins)\b
    """
)
# "Ito released a kernel for X": a surname begins the clause; "Training used X" is none.
_SURNAME_DID = re.compile(
    r"^\W*[A-Z][a-z]+(?<!ing)(?<!s)(?<!ion)(?<!ment) (?:published|released|wrote|trained|implemented"
    r"|developed|proposed|built|"
    r"introduced|reported|ported|showed|offered) (?:an?|the|his|her|their|this|that|it|two|three|several)\b"
)
_NAME_WAS = re.compile(
    r"^\W*(?!Code|Source|Models?|Software|All|Both|Weights|It\b|They|This|These)[A-Z][\w-]+ (?:was"
    r"|were) (?:first |originally )?"
    r"(?:published|released|proposed|distributed|introduced|presented)\b"
)
# "Execution in X follows ...": a rule about X, where the clause begins with a noun and goes on in the present.
_GENERIC = re.compile(
    r"^\W*(?:[\w-]+ ){1,5}?(?:in|of|for|around|with|from|on) (?:the )?■(?:['’]s)? (?:\w+ly )?(?:has|have"
    r"|is|are|can|does|(?!was\b|this\b)\w{2,}[^su\W]s)\b"
)
# Somebody else's work that is used after all: "the official X code was run on our data".
_RAN_IT = re.compile(
    r"(?i)\b(?:was|were) (?:then |also )?(?:used|run|re-?run|re-?trained|employed|adopted|taken"
    r"|downloaded|applied|executed|"
    r"fine-?tuned|adapted|modified|obtained|loaded|converted)\b"
)
_WEAK = re.compile(r"(?i)official|original|their|authors?|\bwho\b|et al|†|its")

# What is not done: refused, left to the future, or only resembled.
_UNDONE = re.compile(
    r"""(?ix)\b(?:not|never|n[’']t|cannot)\ (?!only|just|merely)(?:\w+\ )?(?:us|employ|rel|depend|need|requir
       |try|tried|consider|test|adopt|
       choose|support|build|exist|includ|compar|port|assum|involv|tied|bound|limited|specific)\w*\b[^.;:,]{0,40}■
    |\b(?:instead\ of|rather\ than|in\ place\ of|as\ opposed\ to|in\ contrast\ to|contrary\ to|away\ from
       |independent(?:ly)?\ of|
       unlike|neither|nor|no\ longer|without|abandon\w*)\ (?:\w+\ ){0,3}?■
    |(?:^|,\ )(?:whereas|while|although|unlike)\ ■
    |■[^.;,]{0,40}\b(?:was|were|is|are|did|does|do|could|had|has|have)(?:\ not|n[’']t
       |\ never)\ (?:been\ )?(?:\w+ly\ )?
       (?:us|touch|consider|tri|run|test|employ|need|requir|includ|evaluat|chosen|adopt)\w*
    |\b(?:model+ed\ (?:after|on|upon)|inspired\ by|akin\ to|similar\ to|reminiscent\ of|borrow\w*\ from
       |mimic(?:s|ked|king)\b|resembl\w*|
       analog\w+\ (?:to|of)|counterparts?\ (?:of|in)|as\ (?:found|seen|known|done|introduced)\ in)\b[^.;:,]{0,40}■
    |\b(?:pioneered|introduced|adopted|populari[sz]ed|supported|proposed|invented|known|recommended
       |inspired)\ (?:first\ )?(?:by|from)\ (?:the\ )?■
    |\b(?:advent|rise|birth|era|popularity|success|spirit|manner|style|philosophy|workhorse|semantics|issues?
       |conventions)\ (?:of|in)\ (?:the\ )?■
    |\b(?:quoted|copied|cited|dropped|removed|known)\ from\ (?:the\ )?■|\bas\ in\ ■
    |\b(?:needs?|requires?)\ no\b[^.;:,]{0,50}■|\bleave\b[^.;]{0,60}■[^.;]{0,30}\b(?:others|future|readers?)\b
    |\b(?:port|mov|migrat|switch|transition|chang|rewr|translat)\w*\b[^.;]{0,40}\bfrom\ ■\ (?:in)?to\b
       |\b(?:earl(?:y|ier)|previous|older|initial)\ (?:versions?|prototypes?|releases?)\b[^.;]{0,30}■
    |■[^.;,]{0,30}\b(?:is|are)\ (?:\w+ly\ )?(?:close|similar|comparable|related|orthogonal|complementary
       |analogous|different)\b
    |■[^.;]{0,60}\b(?:inspir\w+|set\ the\ (?:standard|stage))|■[^.;]*\?$
    |\b(?:maintainers|developers|makers|authors|users|inventors|creators|designers|community)\ of\ (?:the\ )?■
    |\bcompar\w+\ [^.;,]{0,40}\b(?:to|with|against)\ (?:the\ )?■|\bagainst\ (?:that\ of\ |the\ )?■
    |\b(?:bugs?|bug\ reports?|vulnerabilit(?:y|ies)|flaws|defects)\ (?:[\w-]+\ ){0,3}?(?:in|of|from|for|about)\ ■
    |■\ (?:Research\ Cloud|documentation|docs|web\ ?site|forum|white\ ?paper|manual|tutorials?|users?|team
       |community|
       developers|security|ecosystem|workshop|summit|roadmap)\b
    |\b(?:in\ (?:the\ )?(?:near\ )?future|future\ (?:work|version|release)s?)\b
    """
)
_PLANNED = re.compile(
    r"(?i)\b(?:plan(?:s|ned|ning)?|intends?|hopes?|would like|wish(?:es)?) (?:to\b|$|for)|\bis planned\b"
)
_RELEASED = re.compile(r"(?i)\b(?:releas|publish|public|open-?sourc|available)\w*")


def _sieve(pattern: re.Pattern[str]) -> Any:
    """Make an expression of RE2 that matches wherever a verbose one may, and is fast where it does not.

    RE2 has no conditions on what stands around; without them an expression matches more, never less.
    """
    plain = re.sub(r"\s+", "", pattern.pattern.replace("\\ ", "\0")).replace("\0", " ").removeprefix("(?ix)")
    options = re2.Options()
    options.never_capture = True
    options.case_sensitive = False
    options.max_mem = 64 * 2**20  # the gaps are counters, which make many states
    return re2.compile(re.sub(r"\(\?<?[!=](?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", "", plain), options)


_OTHERS_SIEVE, _UNDONE_SIEVE = _sieve(_OTHERS), _sieve(_UNDONE)


def clause(before: str, after: str) -> tuple[str, str]:
    """Cut a sentence, of which the name "■" is left out, to the clause around it; citations become nothing or "†"."""
    before, after = (_MARKED.sub("†", _CITED.sub("", part)) for part in (before, after))
    cuts = [match.end() for match in _CUT.finditer(before)]
    following = _CUT.search(after)
    return before[cuts[-1] if cuts else 0 :], after[: following.start()] if following else after


def _told(before: str, after: str) -> str:
    return f"{before}■{after}".encode("utf-8", "replace").decode()  # RE2 takes no half of a surrogate pair


def tell_voice(before: str, after: str) -> Voice:
    """Tell who acts in a clause, given its parts before and after the name."""
    told = _told(before, after)
    if _OURS.search(told) and _OURS.search(_BYSTANDING.sub("", told)):
        return "ours"
    if _SURNAME_DID.search(before) or _NAME_WAS.search(before) or _GENERIC.search(told):
        return "others"
    others = [match[0] for match in _OTHERS.finditer(told)] if _OTHERS_SIEVE.search(told) else []
    if not others or (_RAN_IT.search(told) and all(_WEAK.search(word) for word in others)):
        return "unclear"
    return "others"


def is_undone(before: str, after: str) -> bool:
    """Say whether the clause tells what is refused, planned or only resembled."""
    told = _told(before, after)
    if _UNDONE_SIEVE.search(told) and _UNDONE.search(told):
        return True
    return _PLANNED.search(told) is not None and _RELEASED.search(told) is None
