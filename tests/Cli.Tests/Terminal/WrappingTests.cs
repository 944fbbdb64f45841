using SentryOtel.Cli.Terminal;

namespace SentryOtel.Cli.Tests.Terminal;

public sealed class WrappingTests
{
    [Fact]
    public void A_long_line_is_broken_at_blanks_and_the_rest_is_indented()
    {
        Assert.Equal(["[ok] one two", "     three", "     four"], Wrapping.Lines("[ok] one two three four", 12, 5));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    public void What_fits_stays_as_it_is(string text) => Assert.Equal([text], Wrapping.Lines(text, 12, 5));

    [Fact]
    public void A_word_that_is_longer_than_a_line_is_not_torn()
    {
        Assert.Equal(["https://sentry.example.com/organizations", "  and more"], Wrapping.Lines("https://sentry.example.com/organizations and more", 12, 2));
    }

    [Fact]
    public void Indentation_is_no_place_to_break()
    {
        Assert.Equal(["     abcdefghijk", "     x"], Wrapping.Lines("     abcdefghijk x", 12, 5));
    }
}
