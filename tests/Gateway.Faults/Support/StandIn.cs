using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SentryOtel.SentryServer.Faults;

namespace SentryOtel.Gateway.Faults.Support;

/// <summary>A project of the stand-in Sentry.</summary>
/// <param name="Slug">Also the service name that the gateway routes to it.</param>
/// <param name="Id">As in addresses.</param>
/// <param name="PublicKey">The first active key's.</param>
internal sealed record SentryProject(string Slug, string Id, string PublicKey)
{
    /// <summary>The label of the gateway's books: a project that is reached by its DSN alone goes by its id.</summary>
    public string Account { get; init; } = Slug;

    /// <summary>Path pattern of its two ingest routes.</summary>
    public string Ingest => $"/api/{Id}/integration/otlp/v1/*";

    /// <summary>Path of one of them.</summary>
    public string IngestOf(string signal) => $"/api/{Id}/integration/otlp/v1/{signal}";
}

/// <summary>One request to ingest, as the stand-in logged it.</summary>
internal sealed record LoggedRequest(string Path, int Status, string? Message, string? ContentType, string? ContentEncoding, string UserAgent, string Credential);

/// <summary>One call of the management API, as the stand-in logged it.</summary>
internal sealed record ApiCall(string Method, string Path, int Status, string UserAgent);

/// <summary>What arrived: id (a span's name, a log record's body), and the project whose key it came with.</summary>
internal sealed record Arrived(string Id, string Project, bool IsLog);

/// <summary>Items that the stand-in answered with success and threw away.</summary>
internal sealed record Lost(string Project, bool IsLog, string Reason, int Items);

/// <summary>The control plane and management API of a stand-in Sentry in another process.</summary>
internal sealed class StandIn(Uri managementUrl, Uri ingestUrl, Uri controlUrl) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        // A count of null means every request, so null is written.
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static int _lastProject;
    private readonly HttpClient _http = new();

    public Uri ManagementUrl { get; } = managementUrl;

    public Uri IngestUrl { get; } = ingestUrl;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>A slug that no other test uses; it begins with <paramref name="name"/>.</summary>
    public static string NewSlug(string name) => $"{name}-{Interlocked.Increment(ref _lastProject)}";

    /// <summary>Makes a project that no other test knows; its slug begins with <paramref name="name"/>.</summary>
    public Task<SentryProject> NewProjectAsync(string name) => MakeProjectAsync(NewSlug(name));

    /// <summary>Makes a project.</summary>
    public async Task<SentryProject> MakeProjectAsync(string slug)
    {
        var created = JsonNode.Parse(await ApiAsync(HttpMethod.Post, $"teams/{SentryProcess.Organization}/platform/projects/", new { name = slug, slug }))!;
        var keys = JsonNode.Parse(await ApiAsync(HttpMethod.Get, $"projects/{SentryProcess.Organization}/{slug}/keys/"))!;
        return new SentryProject(slug, (string)created["id"]!, (string)keys[0]!["public"]!);
    }

    /// <summary>Calls the management API below <c>/api/0/</c>; gives the body of a success.</summary>
    public async Task<string> ApiAsync(HttpMethod method, string path, object? body = null)
    {
        var (status, text) = await TryApiAsync(method, path, body);
        Assert.True(status is >= 200 and < 300, $"{method} {path}: {status} {text}");
        return text;
    }

    /// <summary>Calls the management API below <c>/api/0/</c>; gives whatever it answers.</summary>
    public async Task<(int Status, string Body)> TryApiAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"{ManagementUrl.AbsoluteUri.TrimEnd('/')}/api/0/{path}");
        request.Headers.Authorization = new("Bearer", SentryProcess.Token);
        request.Content = body is null ? null : JsonContent.Create(body);
        using var response = await _http.SendAsync(request, Cancelled);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancelled));
    }

    /// <summary>Arms a fault; gives its number.</summary>
    public async Task<long> FaultAsync(Fault fault) => (long)JsonNode.Parse(await ControlAsync(HttpMethod.Post, "faults", fault))!["id"]!;

    public Task ReleaseAsync(long fault) => ControlAsync(HttpMethod.Post, $"faults/{fault}/release");

    public Task RemoveFaultAsync(long fault) => ControlAsync(HttpMethod.Delete, $"faults/{fault}");

    /// <summary>How many requests a fault has met, and how many it holds now.</summary>
    public async Task<(int Hits, int Holding)> FaultStateAsync(long fault)
    {
        var view = JsonNode.Parse(await ControlAsync(HttpMethod.Get, "faults"))!.AsArray().First(entry => (long)entry!["id"]! == fault)!;
        return ((int)view["hits"]!, (int)view["holding"]!);
    }

    /// <summary>Sets modes, such as <c>new { bufferFull = true }</c>.</summary>
    public Task ModesAsync(object changes) => ControlAsync(HttpMethod.Patch, "modes", changes);

    /// <summary>Sets a limit, such as <c>new { scope = "project", project = slug, seconds = 30, categories = new[] { "span" } }</c>.</summary>
    public Task LimitAsync(object limit) => ControlAsync(HttpMethod.Post, "limits", limit);

    /// <summary>Sets the clock of limits and of Relay's cache ahead.</summary>
    public Task AdvanceAsync(TimeSpan by) => ControlAsync(HttpMethod.Post, "clock", new { advanceSeconds = by.TotalSeconds });

    /// <summary>Closes or opens the ingest port.</summary>
    public Task IngestPortAsync(bool open) => ControlAsync(HttpMethod.Post, "ingest-port", new { open });

    /// <summary>Relay forgets what it knew of keys.</summary>
    public Task ForgetKeysAsync() => ControlAsync(HttpMethod.Delete, "relay-cache");

    /// <summary>Takes faults, limits, modes and what the token may do back. Projects and what they received stay.</summary>
    public async Task ResetAsync()
    {
        await IngestPortAsync(open: true);
        await ControlAsync(HttpMethod.Delete, "faults");
        await ControlAsync(HttpMethod.Delete, "limits");
        await GrantAsync();
        await ControlAsync(HttpMethod.Patch, "modes", new SentryServer.State.Modes());
    }

    /// <summary>The ingest requests of a project, oldest first; of one signal when given (<c>traces</c>, <c>logs</c>).</summary>
    public async Task<IReadOnlyList<LoggedRequest>> RequestsAsync(SentryProject project, string? signal = null)
    {
        var path = signal is null ? $"/api/{project.Id}/" : project.IngestOf(signal);
        var answer = JsonNode.Parse(await ControlAsync(HttpMethod.Get, $"requests?side=ingest&limit=10000&path={Uri.EscapeDataString(path)}"))!;
        return answer["requests"].Deserialize<LoggedRequest[]>(Json)!;
    }

    /// <summary>Calls of the management API whose path holds this text, oldest first.</summary>
    public async Task<IReadOnlyList<ApiCall>> ApiCallsAsync(string path, string method = "")
    {
        var answer = JsonNode.Parse(await ControlAsync(HttpMethod.Get, $"requests?side=management&limit=10000&path={Uri.EscapeDataString(path)}"))!;
        return [.. answer["requests"].Deserialize<ApiCall[]>(Json)!.Where(call => method.Length == 0 || call.Method == method)];
    }

    /// <summary>Lets the token do this, or all that it may.</summary>
    public Task GrantAsync(string scopes = SentryProcess.Scopes) => ControlAsync(HttpMethod.Post, "tokens", new { token = SentryProcess.Token, scopes = scopes.Split(',') });

    /// <summary>The token is not known any more.</summary>
    public Task RevokeAsync() => ControlAsync(HttpMethod.Delete, "tokens", new { token = SentryProcess.Token });

    /// <summary>Everything that arrived for these projects, and what was lost after its success.</summary>
    public async Task<(IReadOnlyList<Arrived> Arrived, IReadOnlyList<Lost> Lost)> ReceivedAsync(IEnumerable<SentryProject> projects)
    {
        var arrived = new List<Arrived>();
        var lost = new List<Lost>();

        // What came with a key that nobody knows is listed under the id of the address.
        foreach (var (name, slug) in projects.SelectMany(project => new[] { (project.Slug, project.Slug), (project.Id, project.Slug) }))
        {
            var answer = JsonNode.Parse(await ControlAsync(HttpMethod.Get, $"received?project={name}"))!;
            Assert.Equal(0, (int)answer["forgotten"]!);
            foreach (var entry in answer["projects"]!.AsArray())
            {
                arrived.AddRange(entry!["spans"]!.AsArray().Select(span => new Arrived((string)span!["name"]!, slug, IsLog: false)));
                arrived.AddRange(entry["logs"]!.AsArray().Select(log => new Arrived((string)log!["body"]!, slug, IsLog: true)));
                lost.AddRange(entry["dropped"]!.AsArray().Select(drop => new Lost(slug, (string)drop!["signal"]! == "logs", (string)drop["reason"]!, (int)drop["items"]!)));
            }
        }

        return (arrived, lost);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Calls the control plane; gives the body of a success.</summary>
    public async Task<string> ControlAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(controlUrl, $"_stand-in/{path}"));
        request.Content = body is null ? null : JsonContent.Create(body, options: Json);
        using var response = await _http.SendAsync(request, Cancelled);
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text;
    }
}
