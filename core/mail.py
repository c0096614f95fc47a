"""The channel for letters."""

import smtplib
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from core.exceptions import NotDelivered
from core.models import Delivery
from core.registry import Channel, Letter, letters, register_channel


def send(delivery: Delivery) -> bool:
    """Compose and send the letter; False where it is not needed any more."""
    given = delivery.payload
    letter = letters[delivery.what](delivery.ref, **given) if delivery.ref is not None else Letter(delivery.receiver, **given)
    if letter is None:
        return False
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname
    message = EmailMessage(
        subject=letter.subject,
        body=letter.text,
        from_email=formataddr(parseaddr(settings.DEFAULT_FROM_EMAIL)),
        to=[letter.to],
        headers={"Message-ID": f"<{delivery.message_id}@{host}>", "Auto-Submitted": "auto-generated", **letter.headers},
    )
    try:
        message.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as error:
        raise NotDelivered("The mail server refused the address.", is_final=True) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotDelivered(f"The mail server did not take it: {type(error).__name__}.") from error
    return True


register_channel(Channel("mail", send))
