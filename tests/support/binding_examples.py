"""What a page's state may set, by example: both halves of the bindings are held to these."""

from typing import Final

TEXT_ALLOWED: Final = ("a", "b", "blockquote", "figcaption", "h1", "h6", "li", "p", "time", "title")
TEXT_REFUSED: Final = (
    *("script", "style", "iframe", "noscript", "template", "textarea", "svg", "math", "object"),
    *("h7", "P", "x-p", "p ", "p>", "p onclick=x", ""),
)
ATTRIBUTES_ALLOWED: Final = (
    *("alt={title}", "datetime={title}", "lang={title}", "title=Seen-{count}"),
    *("aria-current={title}", "aria-label={title}", "data-tone={title}", "data-a1-b={title}"),
    *("data-texts={title}", "data-text-size={title}", "data-showing={title}"),
    *("href=/t/{title}", "src=/static/{title}.png", "href=/p/{count}/{title}"),
)
ATTRIBUTES_REFUSED: Final = (
    # Attributes that a browser runs, applies, sends or lays out by.
    *("onclick={title}", "ONCLICK={title}", "style={title}", "srcdoc={title}", "class={title}"),
    *("action=/{title}", "formaction=/a/{title}", "srcset=/a/{title}", "poster=/a/{title}"),
    *("id={title}", "name={title}", "hidden={title}", "target={title}", "xlink:href=/a/{title}"),
    *("is={title}", "http-equiv={title}", "content={title}", "ping=/a/{title}", "value={title}"),
    # The bindings' own: a state must not say what it sets next.
    *("data-text={title}", "data-show={title}", "data-attrs={title}", "data-each={title}"),
    # Names that only look allowed.
    *(
        "data-={title}",
        "data-A={title}",
        "aria-={title}",
        "Alt={title}",
        "alt2={title}",
        "={title}",
    ),
    # Addresses that a value could take to another host, or to another scheme.
    *(
        "href={title}",
        "src={title}",
        "href=//{title}",
        "src=/{title}",
        "href=https://x.example/{title}",
    ),
    *("href=javascript:{title}", "href=/\\{title}", "src=data:{title}", "href=./{title}"),
)
