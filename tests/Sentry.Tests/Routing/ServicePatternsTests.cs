using System.Diagnostics;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Sentry.Tests.Routing;

public sealed class ServicePatternsTests
{
    [Theory]
    [InlineData("orders", "orders", true)]
    [InlineData("orders", "orders-2", false)]
    [InlineData("orders", "Orders", false)]
    [InlineData("shop-*", "shop-orders", true)]
    [InlineData("shop-*", "shop-", true)]
    [InlineData("shop-*", "my-shop-orders", false)]
    [InlineData("*-service", "orders-service-service", true)]
    [InlineData("*.orders.*", "eu.orders.api.v2", true)]
    [InlineData("*.orders.*", "eu.order.api", false)]
    [InlineData("team-?", "team-7", true)]
    [InlineData("team-?", "team-", false)]
    [InlineData("team-?", "team-77", false)]
    [InlineData("*", "", true)]
    [InlineData("**a**", "banana", true)]
    [InlineData("?*", "", false)]
    [InlineData("[a-z]+.", "orders", false)]
    public void A_pattern_is_compared_with_the_whole_value(string pattern, string value, bool expected) =>
        Assert.Equal(expected, new ServicePatterns([pattern], null).Allows(value));

    [Fact]
    public void Without_patterns_every_service_may_and_what_is_denied_may_not()
    {
        Assert.True(new ServicePatterns(null, null).Allows("anything"));
        Assert.True(new ServicePatterns([], []).Allows("anything"));
        Assert.False(new ServicePatterns(null, ["unknown_service*"]).Allows("unknown_service:java"));
        Assert.True(new ServicePatterns(["a", "b"], null).Allows("b"));
        Assert.False(new ServicePatterns(["shop-*"], ["*-test"]).Allows("shop-orders-test"));
    }

    [Fact]
    public void A_value_that_nearly_fits_everywhere_takes_no_longer_than_others()
    {
        var patterns = new ServicePatterns([string.Concat(Enumerable.Repeat("*a", 100)) + "b"], null);
        var since = Stopwatch.GetTimestamp();

        Assert.False(patterns.Allows(new string('a', 256)));

        // A comparison that tries every way would not end in a lifetime.
        Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(10));
    }
}
