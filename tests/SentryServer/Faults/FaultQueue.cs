using System.Collections.Immutable;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Faults;

/// <summary>The faults to come, in order: a request meets the first that matches and is not used up.</summary>
public sealed class FaultQueue
{
    private readonly Lock _gate = new();
    private ImmutableList<ArmedFault> _faults = [];
    private long _lastId;

    internal FaultQueue()
    {
    }

    /// <summary>The faults, used up ones too, oldest first.</summary>
    public IReadOnlyList<ArmedFault> All()
    {
        lock (_gate)
        {
            return _faults;
        }
    }

    /// <summary>Adds a fault behind those already there.</summary>
    /// <exception cref="ArgumentException">A value of the fault makes no sense; the message names it.</exception>
    public ArmedFault Enqueue(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        if (fault.Problem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(fault));
        }

        lock (_gate)
        {
            var armed = new ArmedFault(++_lastId, fault);
            _faults = _faults.Add(armed);
            return armed;
        }
    }

    /// <summary>The fault of that number.</summary>
    public ArmedFault? Find(long id)
    {
        lock (_gate)
        {
            return _faults.Find(armed => armed.Id == id);
        }
    }

    /// <summary>Removes a fault and lets go of what it holds. False when there is none of that number.</summary>
    public bool Remove(long id)
    {
        lock (_gate)
        {
            var armed = _faults.Find(fault => fault.Id == id);
            armed?.Release();
            _faults = _faults.RemoveAll(fault => fault.Id == id);
            return armed is not null;
        }
    }

    /// <summary>Removes all faults and lets go of what they hold.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _faults.ForEach(armed => armed.Release());
            _faults = [];
        }
    }

    /// <summary>Whether some fault that is not used up looks into bodies.</summary>
    internal bool LooksIntoBodies
    {
        get
        {
            lock (_gate)
            {
                return _faults.Exists(armed => armed.Fault.BodyContains is not null && !armed.Exhausted(armed.Hits));
            }
        }
    }

    internal ArmedFault? Take(ServerSide side, string method, string path, ReadOnlySpan<byte> body)
    {
        lock (_gate)
        {
            foreach (var armed in _faults)
            {
                if (armed.TryTake(side, method, path, body))
                {
                    return armed;
                }
            }

            return null;
        }
    }
}
