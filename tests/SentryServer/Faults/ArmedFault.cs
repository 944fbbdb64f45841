using System.Text;
using System.Text.RegularExpressions;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Faults;

/// <summary>A fault in the queue: tells when requests met it and lets go of those it holds.</summary>
public sealed class ArmedFault
{
    private readonly Regex _path;
    private readonly byte[]? _bodyContains;
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _seen;
    private int _hits;
    private int _holding;

    internal ArmedFault(long id, Fault fault)
    {
        (Id, Fault) = (id, fault);
        var pattern = Regex.Escape(fault.Path.TrimEnd('/')).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal);
        _bodyContains = fault.BodyContains is { } text ? Encoding.UTF8.GetBytes(text) : null;
        _path = new Regex($"^{pattern}/?$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }

    /// <summary>Its number.</summary>
    public long Id { get; }

    /// <summary>What it does.</summary>
    public Fault Fault { get; }

    /// <summary>How many requests it met.</summary>
    public int Hits => Volatile.Read(ref _hits);

    /// <summary>How many requests it holds now.</summary>
    public int Holding => Volatile.Read(ref _holding);

    /// <summary>
    /// Completes when the first request has come to the point of the fault: with <see cref="FaultPoint.After"/>, or an answer
    /// that replaces an executed request, the request has been carried out and its sender does not know.
    /// </summary>
    public Task ReachedAsync(CancellationToken cancellationToken) => _reached.Task.WaitAsync(cancellationToken);

    /// <summary>Lets go of the requests it holds, and of those to come.</summary>
    public void Release() => _released.TrySetResult();

    internal bool Exhausted(int hits) => Fault.Count is { } count && hits >= count;

    /// <summary>Counts the request against this fault when it matches. Call under the queue's lock.</summary>
    internal bool TryTake(ServerSide side, string method, string path, ReadOnlySpan<byte> body)
    {
        if ((Fault.Side is { } wanted && wanted != side)
            || (Fault.Method is { } verb && !verb.Equals(method, StringComparison.OrdinalIgnoreCase))
            || Exhausted(_hits)
            || !_path.IsMatch(path)
            || (_bodyContains is not null && body.IndexOf(_bodyContains) < 0)
            || _seen++ < Fault.Skip)
        {
            return false;
        }

        Interlocked.Increment(ref _hits);
        return true;
    }

    internal void MarkReached() => _reached.TrySetResult();

    internal async Task HoldAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _holding);
        MarkReached();
        try
        {
            await _released.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _holding);
        }
    }
}
