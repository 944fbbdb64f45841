using System.Buffers;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Queueing.Disk;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;
using SentryOtel.Sentry.RateLimits;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Support;

/// <summary>One exporter with everything real but the clock, the routes and the destination's answers.</summary>
internal sealed class Rig : IDisposable
{
    private readonly ReceiverPipeline _ingest;

    public Rig(QueueConfiguration? queue = null, RetryConfiguration? retry = null, BatchConfiguration? batch = null, long admissionBytes = 64 * 1024 * 1024, bool checkRecords = true, IQueueFiles? files = null, FakeTimeProvider? time = null, HttpConfiguration? http = null, Accounts? accounts = null)
    {
        Time = time ?? new FakeTimeProvider();
        Accounts = accounts ?? new Accounts();
        Admission = new Admission(admissionBytes);
        var exporter = new ExporterConfiguration
        {
            Id = "sentry",
            Routing = new RoutingConfiguration(),
            Projects = new ProjectsConfiguration(),
            Http = http ?? new HttpConfiguration(),
            Queue = queue ?? new QueueConfiguration(),
            Retry = retry ?? new RetryConfiguration { RandomizationFactor = 0 },
            Timeout = TimeSpan.FromSeconds(30),
        };
        var batches = new Dictionary<OtlpSignal, BatchConfiguration>
        {
            [OtlpSignal.Traces] = batch ?? BatchConfiguration.Default,
            [OtlpSignal.Logs] = batch ?? BatchConfiguration.Default,
        };
        RateLimits = new RateLimitStore(Time);
        Pipeline = new ExporterPipeline(exporter, batches, Routes, Sender, RateLimits, Admission, Accounts, Time, new Random(1), NullLogger.Instance, files: files);
        IReadOnlyList<ExporterPipeline> exporters = [Pipeline];
        _ingest = new ReceiverPipeline(new PipelineGraph(batches.Keys.ToDictionary(signal => signal, _ => exporters), checkRecords), new IngestCounters());
    }

    public FakeTimeProvider Time { get; }

    public FixedRoutes Routes { get; } = new();

    public ScriptedSender Sender { get; } = new();

    public Accounts Accounts { get; }

    public Admission Admission { get; }

    public RateLimitStore RateLimits { get; }

    public ExporterPipeline Pipeline { get; }

    /// <summary>Hands a request over as a receiver does: in pooled memory, with its reservation.</summary>
    public IngestOutcome Ingest(byte[] request, OtlpSignal signal = OtlpSignal.Traces)
    {
        var outcome = HandOver(request, signal).AsTask();
        Assert.True(outcome.IsCompletedSuccessfully, "with the memory queue nothing is waited for");
        AssertBalanced();
        return outcome.Result;
    }

    /// <summary>The same with a queue on disk, which is waited for.</summary>
    public async Task<IngestOutcome> IngestAsync(byte[] request, OtlpSignal signal = OtlpSignal.Traces)
    {
        var outcome = await HandOver(request, signal);
        AssertBalanced();
        return outcome;
    }

    /// <summary>Moves the clock from one timer to the next, and lets the work that each sets off come to its end.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        var end = Time.GetUtcNow() + by;
        await Pipeline.WhenIdleAsync();
        while (Time.NextDue is { } due && due <= end)
        {
            Time.Advance(due > Time.GetUtcNow() ? due - Time.GetUtcNow() : TimeSpan.Zero);
            await Pipeline.WhenIdleAsync();
            AssertBalanced();
        }

        Time.Advance(end - Time.GetUtcNow());
        await Pipeline.WhenIdleAsync();
        AssertBalanced();
    }

    public AccountBalance Balance(string project, OtlpSignal signal = OtlpSignal.Traces) => Accounts.Of("sentry", signal, project).Read();

    public void AssertBalanced() =>
        Assert.All(Accounts.All, account => Assert.True(account.Read().IsBalanced, $"{account.Project}: {account.Read()}"));

    public void Dispose() => Pipeline.Dispose();

    private ValueTask<IngestOutcome> HandOver(byte[] request, OtlpSignal signal)
    {
        var reservation = Admission.TryReserve(request.Length);
        Assert.NotNull(reservation);
        var array = ArrayPool<byte>.Shared.Rent(request.Length);
        request.CopyTo(array, 0);
        return _ingest.IngestAsync(signal, RequestBuffer.Own(array, request.Length, reservation, ArrayPool<byte>.Shared), TestContext.Current.CancellationToken);
    }
}
