using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Faults.Support;

/// <summary>A gateway in front of a stand-in Sentry, a client that sends items with known ids, and the books of what must become of each.</summary>
internal sealed class FaultWorld : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, SentryProject> _projects;
    private readonly HttpClient _client = new();
    private int _requests;

    private FaultWorld(StandIn sentry, Dictionary<string, SentryProject> projects, IRunningGateway gateway)
    {
        Sentry = sentry;
        _projects = projects;
        Gateway = gateway;
        Ledger = new Ledger(sentry, gateway, _client, _projects.Values);
    }

    public StandIn Sentry { get; }

    public IRunningGateway Gateway { get; }

    /// <summary>What was sent, and what must become of it.</summary>
    public Ledger Ledger { get; }

    private LocalGateway Local => (LocalGateway)Gateway;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>The project that the test calls so; its slug has a number behind the name.</summary>
    public SentryProject this[string name] => _projects[name];

    /// <summary>The gateway in this process, its clock moved by hand.</summary>
    public static Task<FaultWorld> WithClockAsync(SentryProcess sentry, params string[] projects) => WithClockAsync(sentry, new GatewaySettings(), projects);

    /// <summary>The gateway in this process, its clock moved by hand.</summary>
    public static Task<FaultWorld> WithClockAsync(SentryProcess sentry, GatewaySettings settings, params string[] projects) =>
        StartAsync(sentry, projects, async _ => await LocalGateway.StartAsync(settings, sentry.StandIn, new FakeTimeProvider()));

    /// <summary>The gateway in this process, by the system's clock.</summary>
    public static Task<FaultWorld> InProcessAsync(SentryProcess sentry, GatewaySettings settings, params string[] projects) =>
        StartAsync(sentry, projects, async _ => await LocalGateway.StartAsync(settings, sentry.StandIn, time: null));

    /// <summary>The gateway's program, a process of its own.</summary>
    public static Task<FaultWorld> WithProgramAsync(SentryProcess sentry, GatewaySettings settings, params string[] projects) =>
        WithProgramAsync(sentry, settings, _ => Task.CompletedTask, projects);

    /// <summary>The gateway's program; <paramref name="prepare"/> is given the projects before it starts.</summary>
    public static Task<FaultWorld> WithProgramAsync(
        SentryProcess sentry, GatewaySettings settings, Func<IReadOnlyDictionary<string, SentryProject>, Task> prepare, params string[] projects) =>
        StartAsync(sentry, projects, known => LaunchAsync(sentry, settings, prepare, known));

    /// <summary>The gateway's program, not waited for until it is ready.</summary>
    public static Task<FaultWorld> WithUnreadyProgramAsync(
        SentryProcess sentry, GatewaySettings settings, Func<IReadOnlyDictionary<string, SentryProject>, Task> prepare, params string[] projects) =>
        StartAsync(sentry, projects, known => LaunchAsync(sentry, settings, prepare, known), isReady: false);

    /// <summary>
    /// As <see cref="WithClockAsync(SentryProcess, string[])"/>, with one project more that the gateway reaches by a DSN in its configuration, of which the test chooses the key and
    /// the project id.
    /// </summary>
    public static async Task<FaultWorld> WithDsnAsync(
        SentryProcess sentry, string outsider, Func<SentryProject, string> key, Func<SentryProject, string> id, params string[] projects)
    {
        var project = await sentry.StandIn.NewProjectAsync(outsider);
        var dsn = $"{sentry.StandIn.IngestUrl.Scheme}://{key(project)}@{sentry.StandIn.IngestUrl.Authority}/{id(project)}";
        var settings = new GatewaySettings { Exporter = [$"routing: {{attribute_to_dsn_mapping: {{{project.Slug}: \"{dsn}\" }} }}", "queue: {max_age: 2m}"] };
        var world = await WithClockAsync(sentry, settings, projects);
        world._projects[outsider] = project with { Account = id(project) };
        return world;
    }

    /// <summary>Waits until the gateway takes data and knows where they go.</summary>
    public Task ReadyAsync() => UntilAsync(async () => await Gateway.NotReadyAsync() is null, "readiness");

    /// <summary>Makes a name known for a service whose project is not there, or not yet: what the test sends for it must have a fate too.</summary>
    public void Unknown(string name, string? value = null) => _projects[name] = new SentryProject(value ?? StandIn.NewSlug(name), Id: "0", PublicKey: string.Empty);

    /// <summary>Makes a project in Sentry that the gateway has not seen.</summary>
    public async Task NewProjectAsync(string name) => _projects[name] = await Sentry.NewProjectAsync(name);

    /// <summary>Moves the gateway's clock; needs <see cref="WithClockAsync(SentryProcess, string[])"/>.</summary>
    public Task AdvanceAsync(TimeSpan by) => Local.AdvanceAsync(by);

    /// <summary>Moves the gateway's clock far enough for open batches to be sent.</summary>
    public Task FlushAsync() => Local.AdvanceAsync(TimeSpan.FromMilliseconds(50));

    /// <summary>Moves both clocks: the gateway's and Sentry's.</summary>
    public async Task AdvanceBothAsync(TimeSpan by)
    {
        await Sentry.AdvanceAsync(by);
        await Local.AdvanceAsync(by);
    }

    /// <summary>Sends spans of a project's service; all must be taken.</summary>
    public Task<IReadOnlyList<Item>> SpansAsync(string project, int count = 3) => SendAsync(project, OtlpSignal.Traces, count);

    /// <summary>Sends log records of a project's service; all must be taken.</summary>
    public Task<IReadOnlyList<Item>> LogsAsync(string project, int count = 3) => SendAsync(project, OtlpSignal.Logs, count);

    /// <summary>Sends items of a project's service, each of at least <paramref name="padding"/> bytes; all must be taken.</summary>
    public async Task<IReadOnlyList<Item>> SendAsync(string project, OtlpSignal signal, int count, int padding = 0)
    {
        var (items, answer) = await OfferAsync(project, signal, count, padding);
        using (answer)
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var (rejected, why) = await PartialAsync(answer, signal);
            Assert.True(rejected == 0, why);
        }

        return items;
    }

    /// <summary>Sends spans of one service; gives the sentence with which all of them were rejected, or null when all were taken.</summary>
    public async Task<string?> TrySpansAsync(string project, int count)
    {
        var (items, answer) = await OfferAsync(project, OtlpSignal.Traces, count);
        using (answer)
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var (rejected, why) = await PartialAsync(answer, OtlpSignal.Traces);
            Assert.True(rejected == 0 || rejected == count, $"{rejected} of {count} rejected: {why}");
            if (rejected == 0)
            {
                return null;
            }

            Ledger.Expect(items, Fate.Refused);
            return why;
        }
    }

    /// <summary>Sends log records whatever the answer, in a request that carries <paramref name="ballast"/> bytes which do not compress away and are no item's.</summary>
    public async Task<(IReadOnlyList<Item> Items, HttpResponseMessage Answer)> OfferLogsAsync(string project, int count, int ballast)
    {
        var (items, body) = Make(project, OtlpSignal.Logs, count, padding: 0);
        var request = ExportLogsServiceRequest.Parser.ParseFrom(body);
        request.ResourceLogs[0].SchemaUrl = RandomNumberGenerator.GetHexString(ballast);
        return (items, await PostAsync(items, OtlpSignal.Logs, request.ToByteArray()));
    }

    /// <summary>Sends items whatever the answer. An answer that is no success, or refuses them, makes their fate <see cref="FateKind.Refused"/>.</summary>
    public async Task<(IReadOnlyList<Item> Items, HttpResponseMessage Answer)> OfferAsync(string project, OtlpSignal signal, int count, int padding = 0)
    {
        var (items, body) = Make(project, signal, count, padding);
        return (items, await PostAsync(items, signal, body));
    }

    /// <summary>Sends one request that holds a span of each of these projects' services; all must be taken.</summary>
    public async Task SendAllAsync(params string[] projects)
    {
        var request = Interlocked.Increment(ref _requests);
        var body = Requests.Traces([.. projects.Select(name => ((string?)this[name].Slug, new[] { Ledger.Add([$"{this[name].Slug}/{request}/00000"], this[name], OtlpSignal.Traces)[0].Id }))]);
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var answer = await _client.PostAsync(new Uri(Gateway.Http, "v1/traces"), content, Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancelled));
    }

    /// <summary>Sends spans over gRPC whatever the answer; one that is no success makes their fate <see cref="FateKind.Refused"/>.</summary>
    public async Task<(IReadOnlyList<Item> Items, GrpcReply Reply)> OfferGrpcAsync(string project, int count, int padding = 0)
    {
        var (items, body) = Make(project, OtlpSignal.Traces, count, padding);
        var reply = await GrpcReply.CallAsync(_client, new Uri(Gateway.Grpc, "opentelemetry.proto.collector.trace.v1.TraceService/Export"), body);
        if (reply.Status != 0)
        {
            Ledger.Expect(items, Fate.Refused);
        }

        return (items, reply);
    }

    /// <summary>Arms a fault for the ingest of one project, one signal of it when given.</summary>
    public Task<long> FaultAsync(string project, Fault fault, string? signal = null) =>
        Sentry.FaultAsync(fault with { Path = signal is null ? this[project].Ingest : this[project].IngestOf(signal), Side = ServerSide.Ingest });

    /// <summary>The next requests of a project are answered so.</summary>
    public Task<long> AnswerAsync(string project, int status, IReadOnlyDictionary<string, string>? headers = null, int? count = 1, string body = "", string? signal = null, string contentType = "application/json") =>
        FaultAsync(
            project,
            new Fault { Path = "**", Count = count, Answer = new FaultAnswer { Status = status, Headers = headers ?? new Dictionary<string, string>(), Body = body, ContentType = contentType } },
            signal);

    /// <summary>Ingest requests of a project so far, by status.</summary>
    public async Task<int> CountAsync(string project, string? signal = null, int? status = null) =>
        (await Sentry.RequestsAsync(this[project], signal)).Count(request => status is null || request.Status == status);

    /// <summary>A page of the metrics port.</summary>
    public Task<string> PageAsync(string path) => _client.GetStringAsync(new Uri(Gateway.Metrics, path), Cancelled);

    /// <summary>The gateway's books now.</summary>
    public Task<Books> BooksAsync() => Ledger.BooksAsync();

    /// <summary>Waits for a state that real sockets and threads reach in their own time.</summary>
    public static Task UntilAsync(Func<Task<bool>> condition, string what) => Eventually.HoldsAsync(condition, Patience, what, Cancelled);

    /// <summary>Waits until nothing is queued any more, then holds every item against its fate.</summary>
    public async Task SettleAsync()
    {
        await UntilAsync(async () => (await BooksAsync()).Sum("items_queued") == Ledger.ExpectedQueued, "the queues as expected");
        await Ledger.AssertEveryItemAsync();
    }

    /// <summary>As <see cref="SettleAsync"/>, moving the gateway's clock meanwhile: a look-up of a project takes its time on both clocks.</summary>
    public async Task SettleInTimeAsync()
    {
        await UntilAsync(
            async () =>
            {
                await Local.AdvanceAsync(TimeSpan.FromSeconds(1));
                return (await BooksAsync()).Sum("items_queued") == Ledger.ExpectedQueued;
            },
            "the queues as expected");
        await Ledger.AssertEveryItemAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        _client.Dispose();
        await Sentry.ResetAsync();
    }

    private async Task<HttpResponseMessage> PostAsync(IReadOnlyList<Item> items, OtlpSignal signal, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        var answer = await _client.PostAsync(new Uri(Gateway.Http, signal == OtlpSignal.Logs ? "v1/logs" : "v1/traces"), content, Cancelled);
        if (!answer.IsSuccessStatusCode)
        {
            Ledger.Expect(items, Fate.Refused);
        }

        return answer;
    }

    private static async Task<(long Rejected, string Why)> PartialAsync(HttpResponseMessage answer, OtlpSignal signal)
    {
        var body = await answer.Content.ReadAsByteArrayAsync(Cancelled);
        if (signal == OtlpSignal.Logs)
        {
            var logs = ExportLogsServiceResponse.Parser.ParseFrom(body).PartialSuccess;
            return (logs?.RejectedLogRecords ?? 0, logs?.ErrorMessage ?? string.Empty);
        }

        var spans = ExportTraceServiceResponse.Parser.ParseFrom(body).PartialSuccess;
        return (spans?.RejectedSpans ?? 0, spans?.ErrorMessage ?? string.Empty);
    }

    // Padding is of digits that do not compress away, so that bytes are bytes in every place that counts them.
    private (IReadOnlyList<Item> Items, byte[] Body) Make(string project, OtlpSignal signal, int count, int padding)
    {
        var target = _projects[project];
        var request = Interlocked.Increment(ref _requests);
        var ids = Enumerable.Range(0, count)
            .Select(i => $"{target.Slug}/{request}/{i:D5}{(padding > 0 ? $" {RandomNumberGenerator.GetHexString(padding)}" : string.Empty)}").ToArray();
        var body = signal == OtlpSignal.Logs ? Requests.Logs(target.Slug, ids) : Requests.Traces((target.Slug, ids));
        return (Ledger.Add(ids, target, signal), body);
    }

    private static async Task<IRunningGateway> LaunchAsync(
        SentryProcess sentry, GatewaySettings settings, Func<IReadOnlyDictionary<string, SentryProject>, Task> prepare, IReadOnlyDictionary<string, SentryProject> projects)
    {
        await prepare(projects);
        return await GatewayProcess.StartAsync(settings, sentry.StandIn);
    }

    private static async Task<FaultWorld> StartAsync(
        SentryProcess sentry, string[] names, Func<IReadOnlyDictionary<string, SentryProject>, Task<IRunningGateway>> start, bool isReady = true)
    {
        var projects = new Dictionary<string, SentryProject>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            projects[name] = await sentry.StandIn.NewProjectAsync(name);
        }

        var world = new FaultWorld(sentry.StandIn, projects, await start(projects));
        if (isReady)
        {
            await world.ReadyAsync();
        }

        return world;
    }
}
