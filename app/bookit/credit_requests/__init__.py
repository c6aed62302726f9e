"""Credit requests as they are looked up; app/bookit/actions makes them and decides about them."""
