"""The two tables of the yardstick."""

from sqlalchemy import Column, Integer, MetaData, String, Table

ITEMS = [f"item{n}" for n in range(1, 9)]

metadata = MetaData()
token_column = Column("token", String(40), unique=True)
invitations = Table("invitations", metadata, Column("id", Integer, primary_key=True), token_column)
keys = [Column("invitation_id", Integer, unique=True), Column("submission", String(40), unique=True)]
scores = [Column(name, Integer) for name in ("overall", *ITEMS)]
columns = [Column("id", Integer, primary_key=True), *keys, *scores, Column("comment", String(4000))]
responses = Table("responses", metadata, *columns)
