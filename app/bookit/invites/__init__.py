"""Calendar invites by e-mail: a meeting as an iCalendar object (RFC 5545, 5546), in a mail, through an SMTP server."""
