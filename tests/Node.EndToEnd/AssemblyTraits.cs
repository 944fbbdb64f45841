[assembly: Trait("Category", "Processes")]
