"""The needs of the services from the outside, as nouns.

Adapters meet these by shape; fakes in the tests do too.

Every write that follows a read carries the version it was read at, and raises ConcurrentUpdate when
somebody was faster. Every write is safe to repeat: an implementation recognises its own earlier
write. All may raise Unavailable.
"""
