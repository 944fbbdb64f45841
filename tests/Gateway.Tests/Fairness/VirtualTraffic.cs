using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;
using SentryOtel.Sentry.RateLimits;
using SentryOtel.Sentry.Routing;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Fairness;

/// <summary>
/// A whole exporter under traffic of many projects, in virtual time and on one thread: the same seed gives the same run to the tick. Each project's traffic has its own
/// randomness, so that it is the same whoever else is there.
/// </summary>
internal sealed class VirtualTraffic : IBatchSender, IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly SteppedTasks _tasks = new();
    private readonly FixedRoutes _routes = new();
    private readonly Accounts _accounts = new();
    private readonly Dictionary<string, Behaviour> _projects;
    private readonly PriorityQueue<string, (DateTimeOffset At, string Project)> _arrivals = new();
    private readonly Dictionary<string, Random> _random = [];
    private readonly Dictionary<string, DateTimeOffset> _accepted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<TimeSpan>> _waits = new(StringComparer.Ordinal);
    private readonly ExporterPipeline _pipeline;
    private readonly ReceiverPipeline _ingest;
    private readonly DateTimeOffset _start;
    private int _serial;

    public VirtualTraffic(IReadOnlyDictionary<string, Behaviour> projects, QueueConfiguration? queue = null, long admissionBytes = 256 * 1024 * 1024)
    {
        _projects = new Dictionary<string, Behaviour>(projects);
        _start = _time.GetUtcNow();
        Admission = new Admission(admissionBytes);
        var exporter = new ExporterConfiguration
        {
            Id = "sentry",
            Routing = new RoutingConfiguration(),
            Projects = new ProjectsConfiguration(),
            Http = new HttpConfiguration(),
            Queue = queue ?? new QueueConfiguration(),
            Retry = new RetryConfiguration(),
            Timeout = TimeSpan.FromSeconds(30),
        };
        var batches = new Dictionary<OtlpSignal, BatchConfiguration> { [OtlpSignal.Traces] = BatchConfiguration.Default };
        _pipeline = new ExporterPipeline(
            exporter, batches, _routes, this, new RateLimitStore(_time), Admission, _accounts, _time, new Random(1), NullLogger.Instance, _tasks);
        _ingest = new ReceiverPipeline(
            new PipelineGraph(new Dictionary<OtlpSignal, IReadOnlyList<ExporterPipeline>> { [OtlpSignal.Traces] = [_pipeline] }), new IngestCounters());
        foreach (var project in _projects.Keys)
        {
            // Not string.GetHashCode, which differs from run to run.
            _random[project] = new Random(project.Aggregate(17, (hash, c) => unchecked((hash * 31) + c)));
            _waits[project] = [];
            _routes.Activate(project);
            Arrive(project, _start);
        }
    }

    public Admission Admission { get; }

    /// <summary>Requests that a project was told to send again later, or that were refused in part.</summary>
    public Dictionary<string, int> TurnedAway { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs the traffic for so long, and says how long each project's spans waited until Sentry was asked to take them.</summary>
    public IReadOnlyDictionary<string, List<TimeSpan>> Run(TimeSpan length)
    {
        var end = _start + length;
        while (true)
        {
            _tasks.RunAll();
            var arrival = _arrivals.TryPeek(out _, out var next) ? next.At : DateTimeOffset.MaxValue;
            var now = _time.NextDue is { } due && due < arrival ? due : arrival;
            if (now > end)
            {
                break;
            }

            _time.Advance(now > _time.GetUtcNow() ? now - _time.GetUtcNow() : TimeSpan.Zero);
            _tasks.RunAll();
            while (_arrivals.TryPeek(out var project, out next) && next.At <= now)
            {
                _arrivals.Dequeue();
                Post(project);
                Arrive(project, now);
            }
        }

        Assert.All(_accounts.All, account => Assert.True(account.Read().IsBalanced, $"{account.Project}: {account.Read()}"));
        return _waits;
    }

    public async Task<SendOutcome> SendAsync(RouteTarget target, OtlpSignal signal, SealedBatch batch, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var behaviour = BehaviourOf(target.ProjectSlug, now);
        foreach (var name in Requests.SpanNames(batch.Unseal()))
        {
            // A request is one group of spans; its first name stands for all.
            if (_accepted.Remove(name, out var accepted))
            {
                _waits[target.ProjectSlug].Add(now - accepted);
            }
        }

        await Task.Delay(behaviour.Latency, _time, cancellationToken);
        return behaviour.Answer;
    }

    public AccountBalance Balance(string project) => _accounts.Of("sentry", OtlpSignal.Traces, project).Read();

    public void Dispose() => _pipeline.Dispose();

    private Behaviour BehaviourOf(string project, DateTimeOffset now) =>
        _projects[project] is var behaviour && now - _start >= behaviour.From ? behaviour : Behaviour.Healthy;

    private void Arrive(string project, DateTimeOffset now)
    {
        var every = BehaviourOf(project, now).Every;
        _arrivals.Enqueue(project, (now + TimeSpan.FromTicks((long)(every.Ticks * 2 * _random[project].NextDouble())), project));
    }

    private void Post(string project)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"r{_serial++}");
        var request = Requests.Spans(project, BehaviourOf(project, _time.GetUtcNow()).Spans, prefix);
        if (Admission.TryReserve(request.Length) is not { } reservation)
        {
            TurnAway(project);
            return;
        }

        var array = ArrayPool<byte>.Shared.Rent(request.Length);
        request.CopyTo(array, 0);
        var outcome = _ingest.IngestAsync(
            OtlpSignal.Traces, RequestBuffer.Own(array, request.Length, reservation, ArrayPool<byte>.Shared), TestContext.Current.CancellationToken).AsTask();
        Assert.True(outcome.IsCompletedSuccessfully);
        if (outcome.Result.Kind == IngestOutcomeKind.Accepted)
        {
            _accepted[$"{prefix}-0"] = _time.GetUtcNow();
        }
        else
        {
            TurnAway(project);
        }
    }

    private void TurnAway(string project) => TurnedAway[project] = TurnedAway.GetValueOrDefault(project) + 1;
}
