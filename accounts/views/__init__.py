"""Doormen of the account pages: parse, call one function, answer."""
