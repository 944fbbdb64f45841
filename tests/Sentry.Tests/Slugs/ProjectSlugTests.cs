using SentryOtel.Sentry.Slugs;

namespace SentryOtel.Sentry.Tests.Slugs;

public sealed class ProjectSlugTests
{
    [Theory]
    [InlineData("orders")]
    [InlineData("orders_service")]
    [InlineData("0orders")]
    [InlineData("-")]
    [InlineData("_a")]
    [InlineData("1-2")]
    public void What_Sentry_takes_is_valid(string slug) => Assert.True(ProjectSlug.IsValid(slug, out _));

    [Theory]
    [InlineData("", "empty")]
    [InlineData(null, "empty")]
    [InlineData("Orders", "character")]
    [InlineData("orders.api", "character")]
    [InlineData("é", "character")]
    [InlineData("12345", "digits")]
    [InlineData("settings", "reserves")]
    [InlineData("api-keys", "reserves")]
    public void What_Sentry_refuses_is_refused_with_the_reason(string? slug, string reason)
    {
        Assert.False(ProjectSlug.IsValid(slug, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bound_is_one_hundred_characters()
    {
        Assert.True(ProjectSlug.IsValid(new string('a', 100), out _));
        Assert.False(ProjectSlug.IsValid(new string('a', 101), out _));
    }

    [Theory]
    [InlineData("orders-1", true)]
    [InlineData("orders_1", false)]
    [InlineData("1orders", false)]
    [InlineData("orders-", false)]
    [InlineData("auth", false)]
    public void Portable_slugs_are_a_narrower_set(string slug, bool portable) => Assert.Equal(portable, ProjectSlug.IsPortable(slug));
}
