"""What the sources that speak OAI-PMH share: an answer parsed without entities, and the errors that it can hold."""

from lxml import etree  # type: ignore[import-untyped]  # its stubs are a package that nothing else here needs

from tasks.records import LayoutChanged, SiteError
from tasks.sources.pages import refuse_challenge

OAI = "{http://www.openarchives.org/OAI/2.0/}"
NOTHING = ("noRecordsMatch", "noSetHierarchy", "idDoesNotExist")
"""Errors by which a server says that there is nothing, which is no failure."""

_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")


class TokenExpired(SiteError):
    """A list ran out of time, or its token is none: it has to be asked for from the start. Raised by sources."""


class UnknownFormat(SiteError):
    """The server does not have its records in the format asked for. Raised by sources."""


def parse(body: bytes, address: str) -> etree._Element:
    """Parse an answer; control characters that XML forbids are dropped, an answer that declares entities is refused.

    Raises `ChallengePage` or `LayoutChanged` where it is no whole answer of OAI-PMH.
    """
    # Entities are not expanded and nothing is loaded; an answer that declares any is none of OAI-PMH's.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body.translate(None, _CONTROLS), parser)
    except etree.XMLSyntaxError as error:
        refuse_challenge(body, address)
        raise LayoutChanged(f"{address} is not whole XML after {len(body)} bytes ({error})") from error
    if root.getroottree().docinfo.doctype or root.tag != f"{OAI}OAI-PMH":
        refuse_challenge(body, address)
        raise LayoutChanged(f"{address} is not an answer of OAI-PMH: it begins with {body[:80]!r}")
    return root


def content(root: etree._Element, address: str, *verbs: str) -> etree._Element | None:
    """Give what an answer holds under the first of the verbs that it has; None where it says that there is nothing.

    Raises `TokenExpired`, `UnknownFormat` or `SiteError` for the errors of the protocol, `LayoutChanged` where it has
    none of the verbs.
    """
    error_tag = root.find(f"{OAI}error")
    if error_tag is not None:
        code, words = error_tag.get("code", ""), " ".join("".join(error_tag.itertext()).split())
        if code in NOTHING:
            return None
        if code == "badResumptionToken":
            raise TokenExpired(f"{address}: answered {code}, {words!r}; its list has run out of time, ask again")
        if code == "cannotDisseminateFormat":
            raise UnknownFormat(f"{address}: answered {code}, {words!r}")
        raise SiteError(f"{address}: answered {code}, {words!r}")
    found = next((tag for verb in verbs if (tag := root.find(f"{OAI}{verb}")) is not None), None)
    if found is None:
        raise LayoutChanged(f"{address} has no {verbs[0]}")
    return found
