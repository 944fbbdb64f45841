using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace SentryOtel.Benchmarks.Load;

/// <summary>What the garbage collector of another .NET process does, by the runtime's own counters.</summary>
internal sealed class GarbageCounters : IAsyncDisposable
{
    private readonly EventPipeSession _session;
    private readonly EventPipeEventSource _source;
    private readonly Task _reading;

    public GarbageCounters(int processId)
    {
        var provider = new EventPipeProvider("System.Runtime", EventLevel.Informational, -1, new Dictionary<string, string> { ["EventCounterIntervalSec"] = "1" });
        _session = new DiagnosticsClient(processId).StartEventPipeSession([provider], requestRundown: false);
        _source = new EventPipeEventSource(_session.EventStream);
        _source.Dynamic.All += OnEvent;
        _reading = Task.Run(_source.Process);
    }

    /// <summary>Collections by generation.</summary>
    public double[] Collections { get; } = new double[3];

    /// <summary>Bytes allocated.</summary>
    public double Allocated { get; private set; }

    public async ValueTask DisposeAsync()
    {
        _session.Stop();
        await _reading;
        _source.Dispose();
        _session.Dispose();
    }

    private void OnEvent(TraceEvent data)
    {
        if (data.EventName != "EventCounters"
            || data.PayloadValue(0) is not IDictionary<string, object> outer || outer["Payload"] is not IDictionary<string, object> counter || !counter.TryGetValue("Increment", out var value))
        {
            return;
        }

        var increment = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        switch (counter["Name"])
        {
            case "gen-0-gc-count":
                Collections[0] += increment;
                break;
            case "gen-1-gc-count":
                Collections[1] += increment;
                break;
            case "gen-2-gc-count":
                Collections[2] += increment;
                break;
            case "alloc-rate":
                Allocated += increment;
                break;
        }
    }
}
