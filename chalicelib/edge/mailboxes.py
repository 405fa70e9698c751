"""E-mail addresses as mail servers read them."""


def ascii_address(text: str) -> str | None:
    """An e-mail address in ASCII, its domain in lower case; None when it is none.

    >>> ascii_address("Aino@EXAMPLE.com"), ascii_address("aino@")
    ('Aino@example.com', None)
    """
    import email_validator  # noqa: PLC0415 - only who takes addresses pays for its tables

    try:
        found = email_validator.validate_email(
            text,
            allow_smtputf8=False,
            check_deliverability=False,
            strict=True,
            test_environment=True,  # RFC 6761: .test is for those who try things out
        )
    except email_validator.EmailNotValidError:
        return None
    return found.ascii_email
