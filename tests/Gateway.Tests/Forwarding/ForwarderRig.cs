using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Forwarding;
using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Receiving;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Forwarding;

/// <summary>A forwarder with everything real but the clock and the destination's answers.</summary>
internal sealed class ForwarderRig : IMetricsTransport, IDisposable
{
    private readonly ConcurrentQueue<TimeSpan> _attempts = new();
    private readonly AttemptObserver _observer;
    private readonly DateTimeOffset _start;

    public ForwarderRig(QueueConfiguration? queue = null, RetryConfiguration? retry = null)
    {
        _start = Time.GetUtcNow();
        _observer = new AttemptObserver(Time);
        Exporter = new ExporterConfiguration
        {
            Id = "sentry",
            Routing = new RoutingConfiguration(),
            Projects = new ProjectsConfiguration(),
            Http = new HttpConfiguration(),
            Queue = queue ?? new QueueConfiguration(),
            Retry = retry ?? new RetryConfiguration { RandomizationFactor = 0 },
            Timeout = TimeSpan.FromSeconds(30),
        };
        Forwarder = new MetricsForwarder(Exporter, this, new Accounts(), Admission, _observer, Time, new Random(1), NullLogger.Instance);
    }

    public ExporterConfiguration Exporter { get; }

    public FakeTimeProvider Time { get; } = new();

    public Admission Admission { get; } = new(1 << 20);

    public IngestCounters Counters { get; } = new();

    public MetricsForwarder Forwarder { get; }

    /// <summary>The answer to the attempt of this number, from 1.</summary>
    public Func<int, ForwardOutcome> Answer { get; set; } = _ => ForwardOutcome.Sent(200, 0, "");

    /// <summary>When each attempt was made.</summary>
    public IReadOnlyList<TimeSpan> Attempts => [.. _attempts];

    public AccountBalance Balance => Forwarder.Account.Read();

    public Task<ForwardOutcome> SendAsync(ChunkedBody body, bool isGzip, CancellationToken cancellationToken)
    {
        _attempts.Enqueue(Time.GetUtcNow() - _start);
        return Task.FromResult(Answer(_attempts.Count));
    }

    /// <summary>Hands a request over as a receiver does.</summary>
    public async Task<IngestOutcome> IngestAsync(int points)
    {
        var bytes = SampleTelemetry.Metrics(points);
        var array = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(array, 0);
        IngestOutcome outcome;
        using (var request = RequestBuffer.Own(array, bytes.Length, Admission.TryReserve(bytes.Length)!, ArrayPool<byte>.Shared))
        {
            outcome = MetricsIntake.Take([Forwarder], request, Counters, held => held);
        }

        await SettleAsync();
        return outcome;
    }

    /// <summary>Moves the clock from one timer to the next, and lets the work that each sets off come to its end.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        var end = Time.GetUtcNow() + by;
        while (Time.NextDue is { } due && due <= end)
        {
            Time.Advance(due > Time.GetUtcNow() ? due - Time.GetUtcNow() : TimeSpan.Zero);
            await SettleAsync();
        }

        Time.Advance(end - Time.GetUtcNow());
        await SettleAsync();
    }

    public void Dispose()
    {
        Forwarder.Dispose();
        _observer.Dispose();
    }

    private async Task SettleAsync()
    {
        await Forwarder.WhenIdleAsync();
        Assert.True(Balance.IsBalanced, Balance.ToString());
    }
}
