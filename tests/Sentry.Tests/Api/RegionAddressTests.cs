using SentryOtel.Sentry.Api;

namespace SentryOtel.Sentry.Tests.Api;

public sealed class RegionAddressTests
{
    [Theory]
    [InlineData("https://sentry.io", "https://us.sentry.io", "https://us.sentry.io/")]
    [InlineData("https://us.sentry.io", "https://de.sentry.io", "https://de.sentry.io/")]
    [InlineData("https://sentry.example.com", "https://sentry.example.com", "https://sentry.example.com/")]
    [InlineData("https://sentry.example.com/pfx", "https://sentry.example.com/pfx", "https://sentry.example.com/pfx/")]
    [InlineData("https://sentry.example.com", "https://eu.sentry.example.com/", "https://eu.sentry.example.com/")]
    [InlineData("http://127.0.0.1:9000", "http://127.0.0.1:9000/x", "http://127.0.0.1:9000/x/")]
    [InlineData("https://Sentry.Example.com", "https://sentry.example.COM", "https://sentry.example.com/")]
    public void A_region_of_the_same_owner_is_taken(string configured, string region, string expected) =>
        Assert.Equal(expected, RegionAddress.Accept(new Uri(configured), region)?.AbsoluteUri);

    [Theory]
    [InlineData("https://sentry.io", "https://sentry.io.evil.example")]
    [InlineData("https://sentry.io", "https://evilsentry.io")]
    [InlineData("https://sentry.io", "http://us.sentry.io")]
    [InlineData("https://sentry.io", "https://us.sentry.io:8443")]
    [InlineData("https://sentry.io", "https://user@us.sentry.io")]
    [InlineData("https://a.example.co.uk", "https://b.example.co.uk")]
    [InlineData("https://sentry.example.com", "https://example.com")]
    [InlineData("https://sentry.example.com", "https://us.sentry.io")]
    [InlineData("http://127.0.0.1:9000", "http://127.0.0.1:9001")]
    [InlineData("http://127.0.0.1:9000", "http://169.254.169.254/")]
    [InlineData("https://sentry.example.com", "file:///etc/passwd")]
    [InlineData("https://sentry.example.com", "/relative")]
    public void The_token_goes_nowhere_else(string configured, string region) => Assert.Null(RegionAddress.Accept(new Uri(configured), region));
}
