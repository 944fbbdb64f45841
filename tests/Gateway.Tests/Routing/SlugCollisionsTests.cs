using System.Globalization;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Routing;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Routing;

public sealed class SlugCollisionsTests : ILogger
{
    private readonly List<string> _lines = [];
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Pair_is_told_and_counted_once()
    {
        var collisions = new SlugCollisions("sentry", _time, this);
        for (var i = 0; i < 100; i++)
        {
            collisions.Add(new SlugCollision("orders.service", "orders-service-1f0c9e2a", "OrdersService"));
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(1, collisions.Count);
        Assert.Single(collisions.Read());
        var line = Assert.Single(_lines);
        Assert.Contains("\"orders.service\" and \"OrdersService\"", line, StringComparison.Ordinal);
        Assert.Contains("orders-service-1f0c9e2a", line, StringComparison.Ordinal);
        Assert.Contains("attribute_to_project_mapping", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Flood_of_pairs_is_told_in_few_lines_and_kept_within_bounds()
    {
        var collisions = new SlugCollisions("sentry", _time, this);

        for (var i = 0; i < 5000; i++)
        {
            collisions.Add(new SlugCollision(string.Create(CultureInfo.InvariantCulture, $"Value\n{i}{new string('x', 1000)}"), "slug", "other"));
        }

        Assert.Equal(SlugCollisions.MaxKnown, collisions.Read().Count);
        Assert.DoesNotContain('\n', Assert.Single(_lines));
        Assert.InRange(_lines[0].Length, 1, 500);
    }

    [Fact]
    public void Another_configuration_is_told_of_anew_and_the_count_goes_on()
    {
        var collisions = new SlugCollisions("sentry", _time, this);
        collisions.Add(new SlugCollision("a", "b", "c"));

        collisions.Clear();
        Assert.Empty(collisions.Read());
        _time.Advance(TimeSpan.FromMinutes(1));
        collisions.Add(new SlugCollision("a", "b", "c"));

        Assert.Equal((2, 2), (collisions.Count, _lines.Count));
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Add(formatter(state, exception));
}
