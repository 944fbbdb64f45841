using System.Globalization;
using System.Text.Json.Nodes;
using SentryOtel.Gateway.Faults.Support;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Clients.Soak;

/// <summary>What befalls Sentry and its projects meanwhile: each kind as often as the others, in an order that follows from the seed.</summary>
internal sealed class SoakEvents(StandIn sentry, int seed)
{
    /// <summary>Rounds from one event to the next.</summary>
    public const int Spacing = 6;

    private const string Ingest = "/api/*/integration/**";
    private const string Renamed = "-b";
    private const string Organization = SentryProcess.Organization;

    private static readonly FaultAnswer Down = new() { Status = 503, Body = """{"detail":"failed to queue envelope"}""" };

    private readonly Random _random = new(seed);
    private readonly Queue<SoakEvent> _next = new();
    private readonly List<(int Round, Func<Task> End)> _ends = [];
    private readonly SortedDictionary<SoakEvent, int> _happened = [];
    private int _keys;

    /// <summary>How often each event came about.</summary>
    public IReadOnlyDictionary<SoakEvent, int> Happened => _happened;

    /// <summary>Ends what is over, and begins what is due.</summary>
    public async Task RoundAsync(int round)
    {
        foreach (var over in _ends.Where(end => end.Round <= round).ToList())
        {
            _ends.Remove(over);
            await over.End();
        }

        if (round % Spacing != 0)
        {
            return;
        }

        if (_next.Count == 0)
        {
            var kinds = Enum.GetValues<SoakEvent>();
            _random.Shuffle(kinds);
            Array.ForEach(kinds, _next.Enqueue);
        }

        var kind = _next.Dequeue();
        if (await BeginAsync(kind, round))
        {
            _happened[kind] = _happened.GetValueOrDefault(kind) + 1;
        }
    }

    /// <summary>Ends everything that goes on.</summary>
    public async Task EndAsync()
    {
        foreach (var (_, end) in _ends)
        {
            await end();
        }

        _ends.Clear();
    }

    private async Task<bool> BeginAsync(SoakEvent kind, int round)
    {
        switch (kind)
        {
            case SoakEvent.IngestFails:
                return await FaultAsync(new Fault { Path = Ingest, Count = 30, Answer = Down });
            case SoakEvent.IngestLimits:
                return await FaultAsync(new Fault { Path = Ingest, Count = 5, Answer = Limited("Retry-After", "1") });
            case SoakEvent.OrganizationIsLimited:
                return await FaultAsync(new Fault { Path = Ingest, Answer = Limited("X-Sentry-Rate-Limits", "2::organization:org_quota") });
            case SoakEvent.IngestHangs:
                return await FaultAsync(new Fault { Path = Ingest, Count = 20, Hold = FaultPoint.Before }, until: round + 30);
            case SoakEvent.ConnectionsBreakEarly:
                return await FaultAsync(new Fault { Path = Ingest, Count = 15, Reset = FaultPoint.Before });
            case SoakEvent.ConnectionsBreakLate:
                return await FaultAsync(new Fault { Path = Ingest, Count = 5, Reset = FaultPoint.After });
            case SoakEvent.AnswersBreakOff:
                return await FaultAsync(new Fault { Path = Ingest, Count = 15, Reset = FaultPoint.Middle });
            case SoakEvent.RequestsAreTooLarge:
                return await FaultAsync(new Fault { Path = Ingest, Count = 5, Answer = new FaultAnswer { Status = 413 } });
            case SoakEvent.ApiFails:
                return await FaultAsync(new Fault { Path = "/api/0/organizations/**", Count = 3, Answer = Down }, ServerSide.Management);
            case SoakEvent.IngestIsAway:
                await sentry.IngestPortAsync(open: false);
                _ends.Add((round + 4, () => sentry.IngestPortAsync(open: true)));
                return true;
            case SoakEvent.KeyRotated:
                return await AnyProjectAsync(round) is { } rotated && await RotateAsync(rotated);
            case SoakEvent.ProjectRenamed:
                return await AnyProjectAsync(round) is { } renamed && await RenameAsync((string)renamed["slug"]!);
            case SoakEvent.ProjectDeletedAndMadeAnew:
                return await AnyProjectAsync(round) is { } deleted && await DeleteAsync((string)deleted["slug"]!, again: round + 20);
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "not an event");
        }
    }

    private async Task<bool> FaultAsync(Fault fault, ServerSide side = ServerSide.Ingest, int? until = null)
    {
        var id = await sentry.FaultAsync(fault with { Side = side });
        if (until is { } round)
        {
            _ends.Add((round, () => sentry.RemoveFaultAsync(id)));
        }

        return true;
    }

    // One whose service runs now, as Sentry itself has it: the API may be failing on purpose.
    private async Task<JsonNode?> AnyProjectAsync(int round)
    {
        var running = SoakServices.Of(round);
        var projects = JsonNode.Parse(await sentry.ControlAsync(HttpMethod.Get, "state"))!["projects"]!.AsArray()
            .Where(project => running.Contains(ServiceOf((string)project!["slug"]!), StringComparer.Ordinal)).ToList();
        return projects.Count == 0 ? null : projects[_random.Next(projects.Count)];
    }

    private static string ServiceOf(string slug) => slug.EndsWith(Renamed, StringComparison.Ordinal) ? slug[..^Renamed.Length] : slug;

    private async Task<bool> RotateAsync(JsonNode project)
    {
        var keys = $"projects/{Organization}/{(string)project["slug"]!}/keys/";
        return await DoneAsync(HttpMethod.Post, keys, new { name = string.Create(CultureInfo.InvariantCulture, $"key {++_keys}") })
            && await DoneAsync(HttpMethod.Delete, $"{keys}{(string)project["keys"]![0]!["public"]!}/");
    }

    private Task<bool> RenameAsync(string slug) =>
        DoneAsync(HttpMethod.Put, $"projects/{Organization}/{slug}/", new { slug = slug == ServiceOf(slug) ? slug + Renamed : ServiceOf(slug) });

    private async Task<bool> DeleteAsync(string slug, int again)
    {
        if (!await DoneAsync(HttpMethod.Delete, $"projects/{Organization}/{slug}/"))
        {
            return false;
        }

        // Another project may have the slug by then.
        _ends.Add((again, () => sentry.TryApiAsync(HttpMethod.Post, $"teams/{Organization}/platform/projects/", new { name = slug, slug })));
        return true;
    }

    private async Task<bool> DoneAsync(HttpMethod method, string path, object? body = null) => (await sentry.TryApiAsync(method, path, body)).Status is >= 200 and < 300;

    private static FaultAnswer Limited(string header, string value) => new() { Status = 429, Headers = new Dictionary<string, string> { [header] = value } };
}

/// <summary>What may befall Sentry.</summary>
internal enum SoakEvent
{
    /// <summary>503.</summary>
    IngestFails,

    /// <summary>429 for one project.</summary>
    IngestLimits,

    /// <summary>429 for all projects.</summary>
    OrganizationIsLimited,

    /// <summary>No answer, until the gateway gives up.</summary>
    IngestHangs,

    /// <summary>A reset before the request is carried out.</summary>
    ConnectionsBreakEarly,

    /// <summary>A reset after it was carried out.</summary>
    ConnectionsBreakLate,

    /// <summary>A reset within the answer.</summary>
    AnswersBreakOff,

    /// <summary>413.</summary>
    RequestsAreTooLarge,

    /// <summary>503 of the management API.</summary>
    ApiFails,

    /// <summary>No one listens.</summary>
    IngestIsAway,

    /// <summary>A new key, and the old one deleted.</summary>
    KeyRotated,

    /// <summary>A new slug, or the old one again.</summary>
    ProjectRenamed,

    /// <summary>Deleted, and made anew under the same slug a while later.</summary>
    ProjectDeletedAndMadeAnew,
}
