"""Documents people hold in their hands: the landlord report as a PDF and as a web page."""
