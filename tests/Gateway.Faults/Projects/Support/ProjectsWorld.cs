using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Faults.Support;
using SentryOtel.Gateway.Hosting;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Faults.Projects.Support;

/// <summary>
/// A gateway and a stand-in Sentry on real sockets, both by one clock that the test moves. Every item that is sent gets a name of its own, and <see cref="FinishAsync"/>
/// holds each against what the test says must have become of it.
/// </summary>
internal sealed class ProjectsWorld : IAsyncDisposable
{
    public const string Token = SentryProcess.Token;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Shorter than any timeout of the gateway's, and longer than its pauses are apart.</summary>
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(5);

    private readonly Traffic _traffic = new();
    private readonly HttpClient _client = new();
    private readonly ILoggerFactory _loggerFactory;
    private readonly LogLines _lines = new();
    private readonly List<(Sent Sent, Fate Fate)> _fates = [];
    private readonly List<Sent> _sent = [];
    private int _requests;

    private ProjectsWorld(SentryServerHost sentry, FakeTimeProvider time, string yaml)
    {
        (Sentry, Time) = (sentry, time);
        _loggerFactory = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Debug).AddFilter("Microsoft", LogLevel.None).AddProvider(_lines));
        var result = ConfigurationFile.Read(yaml, _ => null, _ => throw new FileNotFoundException(), 1L << 30);
        Assert.Empty(result.Problems);
        Host = new GatewayHost(
            result.Configuration!, new GatewayServices { LoggerFactory = _loggerFactory, TimeProvider = time, Random = new Random(1), Network = _traffic.Around });
    }

    public SentryServerHost Sentry { get; }

    public SentryState State => Sentry.State;

    public FakeTimeProvider Time { get; }

    public GatewayHost Host { get; }

    public string LogText => string.Join('\n', _lines.All);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Starts both and waits until the gateway is ready.</summary>
    public static async Task<ProjectsWorld> StartAsync(ProjectsSettings settings)
    {
        var world = await BeginAsync(settings);
        await world.UntilAsync(() => world.Host.NotReady is null, "readiness");
        return world;
    }

    /// <summary>Starts both, and does not wait.</summary>
    /// <param name="settings">The set-up.</param>
    /// <param name="arrange">What happens to Sentry before the gateway starts.</param>
    /// <param name="clock">The clock of both.</param>
    public static async Task<ProjectsWorld> BeginAsync(ProjectsSettings settings, Func<SentryServerHost, Task>? arrange = null, FakeTimeProvider? clock = null)
    {
        var time = clock ?? new FakeTimeProvider();
        var sentry = await SentryServerHost.StartAsync(settings.Sentry with { TimeProvider = time }, Cancelled);
        await (arrange?.Invoke(sentry) ?? Task.CompletedTask);
        return await BesideAsync(sentry, time, settings);
    }

    /// <summary>Starts a gateway in front of a stand-in that runs already.</summary>
    public static async Task<ProjectsWorld> BesideAsync(SentryServerHost sentry, FakeTimeProvider time, ProjectsSettings settings)
    {
        var world = new ProjectsWorld(sentry, time, settings.ToYaml(sentry.ManagementUrl));
        await world.Host.StartAsync(Cancelled);
        return world;
    }

    /// <summary>Hosts and ports that the token was sent to, of those that were called at all.</summary>
    public (IEnumerable<string> Authorized, IEnumerable<string> Called) Addresses => (_traffic.Authorized.Keys.Order(), _traffic.Called.Keys.Order());

    public Project Project(string slug) => State.Projects.Find(slug) ?? throw new InvalidOperationException($"There is no project {slug}.");

    /// <summary>Sends spans of a service, each under a name of its own.</summary>
    public Task<Sent> SpansAsync(string service, int count = 3, int padding = 0) => SendAsync(service, OtlpSignal.Traces, count, padding);

    /// <summary>Sends log records of a service, each with a body of its own.</summary>
    public Task<Sent> LogsAsync(string service, int count = 3) => SendAsync(service, OtlpSignal.Logs, count, 0);

    /// <summary>Says what must have become of a request.</summary>
    public void Expect(Sent sent, Fate fate) => _fates.Add((sent, fate));

    /// <summary>Moves the clock, from timer to timer, while nothing is on the way.</summary>
    public async Task PassAsync(TimeSpan by)
    {
        var end = Time.GetUtcNow() + by;
        while (true)
        {
            await QuietAsync();
            var left = end - Time.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            var next = Time.NextDue is { } due && due < end ? due - Time.GetUtcNow() : left;
            Time.Advance(next < TimeSpan.Zero ? TimeSpan.Zero : next > LongestStep ? LongestStep : next);
        }
    }

    /// <summary>Moves the clock until something holds.</summary>
    public Task UntilAsync(Func<bool> condition, string what) => Eventually.HoldsAsync(
        async () =>
        {
            if (condition())
            {
                return true;
            }

            await QuietAsync(condition);
            if (!condition())
            {
                Time.Advance(TimeSpan.FromMilliseconds(250));
            }

            return condition();
        },
        Patience,
        what,
        Cancelled);

    /// <summary>Waits for something that needs no time to pass.</summary>
    public static Task NowAsync(Func<bool> condition, string what) => Eventually.HoldsAsync(condition, Patience, what, Cancelled);

    /// <summary>How many spans and records a project has by now.</summary>
    public int Arrived(Project project) =>
        State.Received.Spans().Count(span => span.Arrival.ProjectId == project.Id) + State.Received.Logs().Count(log => log.Arrival.ProjectId == project.Id);

    /// <summary>Calls of the management API so far.</summary>
    public IReadOnlyList<RequestEntry> Calls(string method = "", string path = "") =>
        [.. State.Requests.All(ServerSide.Management, path).Where(request => method.Length == 0 || request.Method == method)];

    /// <summary>Requests to ingest so far.</summary>
    public IReadOnlyList<RequestEntry> IngestCalls(Project project) => State.Requests.All(ServerSide.Ingest, $"/api/{project.Id}/");

    /// <summary>A page of the metrics port.</summary>
    public Task<string> PageAsync(string path) => _client.GetStringAsync(new Uri(Host.MetricsAddress!, path), Cancelled);

    public AccountBalance Books(string project, OtlpSignal signal = OtlpSignal.Traces) => Host.Accounts.Of("sentry", signal, project).Read();

    /// <summary>Holds every item that was sent against its fate, and the books against all of them.</summary>
    public async Task FinishAsync()
    {
        await QuietAsync();
        Assert.Equal(_sent.Count, _fates.Count);
        var arrived = State.Received.Spans().Select(span => (span.Name, span.Arrival.ProjectId))
            .Concat(State.Received.Logs().Select(log => (Name: log.Body, log.Arrival.ProjectId)))
            .ToLookup(item => item.Name, item => item.ProjectId, StringComparer.Ordinal);
        foreach (var (sent, fate) in _fates)
        {
            Assert.True(fate.Rejected == !sent.IsAccepted, $"{sent.Service}: answered {sent.Status} {sent.Message}");
            Assert.All(sent.Ids, id => Assert.Equal(fate.Project is { } project ? [project] : [], arrived[id]));
        }

        var books = Host.Accounts.All.Select(account => account.Read()).ToArray();
        Assert.All(books, book => Assert.True(book.IsBalanced, $"{book}"));
        Assert.Equal(Count(fate => !fate.Rejected), books.Sum(book => book.Accepted));
        Assert.Equal(Count(fate => fate.Project is not null || fate.LostBySentry), books.Sum(book => book.Sent));
        Assert.Equal(Count(fate => fate == Fate.Queued), books.Sum(book => book.Queued));
        foreach (var reason in Enum.GetValues<DropReason>())
        {
            Assert.Equal((reason, Count(fate => fate.Dropped == reason.Name())), (reason, books.Sum(book => book.DroppedFor(reason))));
        }

        long Count(Func<Fate, bool> which) => _fates.Where(entry => which(entry.Fate)).Sum(entry => (long)entry.Sent.Ids.Count);
    }

    public async ValueTask DisposeAsync()
    {
        Sentry.Faults.Clear();
        _client.Dispose();
        await Host.DisposeAsync();
        await Sentry.DisposeAsync();
        _loggerFactory.Dispose();
        Assert.DoesNotContain(Token, LogText, StringComparison.Ordinal);
        Assert.All(State.Keys.All(), key => Assert.DoesNotContain(key.Public, LogText, StringComparison.Ordinal));
    }

    private async Task<Sent> SendAsync(string service, OtlpSignal signal, int count, int padding)
    {
        var request = Interlocked.Increment(ref _requests);
        string[] ids = [.. Enumerable.Range(0, count).Select(i => $"{service}/{request}/{i}{new string('.', padding)}")];
        using var content = new ByteArrayContent(signal == OtlpSignal.Logs ? Requests.Logs(service, ids) : Requests.Traces((service, ids)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        var address = new Uri($"http://{Host.Receivers["otlp"].Http}/v1/{(signal == OtlpSignal.Logs ? "logs" : "traces")}");
        using var answer = await _client.PostAsync(address, content, Cancelled);
        var body = await answer.Content.ReadAsByteArrayAsync(Cancelled);
        var (rejected, message) = !answer.IsSuccessStatusCode ? (0, System.Text.Encoding.UTF8.GetString(body))
            : signal == OtlpSignal.Logs && ExportLogsServiceResponse.Parser.ParseFrom(body).PartialSuccess is { } logs ? (logs.RejectedLogRecords, logs.ErrorMessage)
            : signal == OtlpSignal.Traces && ExportTraceServiceResponse.Parser.ParseFrom(body).PartialSuccess is { } spans ? (spans.RejectedSpans, spans.ErrorMessage)
            : (0, string.Empty);
        var sent = new Sent(service, signal, ids, (int)answer.StatusCode, rejected, message);
        _sent.Add(sent);
        return sent;
    }

    // What a timer set off runs on other threads: several looks in a row must find nothing.
    private async Task QuietAsync(Func<bool>? enough = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var looks = 0; looks < 3 && enough?.Invoke() != true; looks++)
        {
            await Task.WhenAll(Host.Exporters.Select(exporter => exporter.WhenIdleAsync())).WaitAsync(Patience, Cancelled);
            await Task.Delay(1, Cancelled);
            looks = _traffic.IsQuiet ? looks : -1;
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "A request is on the way and does not end.");
        }
    }

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IEnumerable<string> All => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
