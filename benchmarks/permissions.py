"""The product's table, and the floor's two addresses."""

from apps.accounts.permissions import Page, Who
from config.permissions import PAGES as PRODUCT

PAGES = (*PRODUCT, Page("floor_read", {"GET": Who.MEMBERS}), Page("floor_write", {"POST": Who.MEMBERS}))
