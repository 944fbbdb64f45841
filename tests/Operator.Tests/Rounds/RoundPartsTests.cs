using Microsoft.Extensions.Logging;
using SentryOtel.Operator.Rounds;

namespace SentryOtel.Operator.Tests.Rounds;

public sealed class RoundPartsTests : ILogger
{
    private readonly List<(LogLevel Level, string Text)> _lines = [];
    private readonly RoundParts _parts;

    public RoundPartsTests() => _parts = new RoundParts("traffic", this);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_part_that_fails_keeps_no_other_from_its_turn()
    {
        var done = new List<string>();

        Assert.False(_parts.Try("a", static () => throw new InvalidOperationException()));
        Assert.False(await _parts.TryAsync("b", static () => throw new FormatException(), Cancellation));
        Assert.True(_parts.Try("c", () => done.Add("c")));
        Assert.True(await _parts.TryAsync("d", () => Task.Run(() => done.Add("d"), Cancellation), Cancellation));

        Assert.Equal(["c", "d"], done);
    }

    [Fact]
    public void A_failure_is_told_once_for_each_reason_until_the_part_works_again()
    {
        Fail<InvalidOperationException>();
        Fail<FormatException>();
        Fail<InvalidOperationException>();
        Fail<FormatException>();
        Assert.Equal(2, _lines.Count(static line => line.Level == LogLevel.Error && line.Text.Contains("ns/a", StringComparison.Ordinal)));

        _parts.Try("ns/a", static () => { });
        _parts.Try("ns/a", static () => { });
        Assert.Single(_lines, static line => line.Level == LogLevel.Information);

        Fail<InvalidOperationException>();
        Assert.Equal(3, _lines.Count(static line => line.Level == LogLevel.Error));
    }

    [Fact]
    public void What_is_gone_is_forgotten()
    {
        Fail<InvalidOperationException>();
        _parts.Keep(["ns/b"]);
        Fail<InvalidOperationException>();

        Assert.Equal(2, _lines.Count);
    }

    [Fact]
    public async Task A_stop_is_no_failure_and_a_wait_that_was_cut_by_another_is_one()
    {
        using var stop = new CancellationTokenSource();
        Assert.False(await _parts.TryAsync("a", static () => throw new OperationCanceledException(), stop.Token));
        await stop.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => _parts.TryAsync("b", static () => throw new OperationCanceledException(), stop.Token));
        Assert.Single(_lines);
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Add((logLevel, formatter(state, exception)));

    private void Fail<T>()
        where T : Exception, new() => _parts.Try("ns/a", static () => throw new T());
}
