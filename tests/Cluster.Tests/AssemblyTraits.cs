// Every test here starts programs: `make test-unit` leaves them out.
[assembly: Trait("Category", "Processes")]
