"""The vocabulary of the seeds, for records that are made without seeds."""

from app.curation.files import SeedTree
from app.curation.quotes import Texts
from app.curation.records import make_vocabulary
from app.curation.seeds import read_seeds
from app.settings import ROOT

VOCABULARY = make_vocabulary(read_seeds(SeedTree(ROOT / "seed", frozenset()), Texts([]))[0])
