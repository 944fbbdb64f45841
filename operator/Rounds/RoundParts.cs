using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace SentryOtel.Operator.Rounds;

/// <summary>
/// Does the parts of a periodic round so that one that fails keeps no other from its turn: what one tenant wrote must not end the work for all. A failure is counted, told
/// once in the log for each of its reasons until the part works again, and tried again in the next round. A stop is no failure.
/// </summary>
internal sealed class RoundParts
{
    private readonly string _round;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> _failing = new(StringComparer.Ordinal);

    /// <param name="round">What the rounds are called in the log and in metrics.</param>
    /// <param name="logger">Where failures are told.</param>
    public RoundParts(string round, ILogger logger)
    {
        (_round, _logger) = (round, logger);
        RoundMetrics.Begin(round);
    }

    /// <summary>Does a part; false when it failed.</summary>
    /// <param name="part">What it is about, such as an exporter.</param>
    /// <param name="work">What is to be done.</param>
    public bool Try(string part, Action work)
    {
        try
        {
            work();
            Succeeded(part);
            return true;
        }
        catch (Exception exception)
        {
            Failed(part, exception);
            return false;
        }
    }

    /// <summary>Does a part that waits; false when it failed.</summary>
    /// <param name="part">What it is about, such as an exporter.</param>
    /// <param name="work">What is to be done.</param>
    /// <param name="stopping">The stop, which is passed on.</param>
    public async Task<bool> TryAsync(string part, Func<Task> work, CancellationToken stopping)
    {
        try
        {
            await work().ConfigureAwait(false);
            Succeeded(part);
            return true;
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            Failed(part, exception);
            return false;
        }
    }

    /// <summary>Only these parts are left; the others are forgotten.</summary>
    public void Keep(IEnumerable<string> parts)
    {
        foreach (var gone in _failing.Keys.Except(parts, StringComparer.Ordinal).ToList())
        {
            _failing.TryRemove(gone, out _);
        }
    }

    private void Succeeded(string part)
    {
        if (!_failing.IsEmpty && _failing.TryRemove(part, out _))
        {
            Log.PartWorksAgain(_logger, _round, part);
        }
    }

    private void Failed(string part, Exception exception)
    {
        RoundMetrics.Failed(_round);
        if (_failing.GetOrAdd(part, static _ => new ConcurrentDictionary<string, bool>(StringComparer.Ordinal)).TryAdd(exception.GetType().Name, true))
        {
            Log.PartFailed(_logger, exception, _round, part);
        }
    }
}
