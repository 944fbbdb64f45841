using SentryOtel.Sentry.Catalogs;
using SentryOtel.Sentry.Projects;
using SentryOtel.Sentry.Tests.Api;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Sentry.Tests.Catalogs;

/// <summary>A stand-in Sentry and a catalogue of its organisation, by which projects are provisioned.</summary>
internal sealed class CatalogWorld : IAsyncDisposable
{
    /// <summary>The paths of the lists.</summary>
    public const string ProjectList = "/api/0/organizations/*/projects/";
    public const string KeyList = "/api/0/organizations/*/project-keys/";

    /// <summary>Whatever the last look told.</summary>
    public static readonly TimeSpan Standing = TimeSpan.MaxValue;

    /// <summary>As things are now.</summary>
    public static readonly TimeSpan Now = TimeSpan.FromSeconds(5);

    private CatalogWorld(ApiFixture api, TimeProvider timeProvider)
    {
        (Api, Time) = (api, timeProvider);
        Catalog = new OrganizationCatalog(api.Client, timeProvider);
    }

    public ApiFixture Api { get; }

    public OrganizationCatalog Catalog { get; }

    private TimeProvider Time { get; }

    public static async Task<CatalogWorld> StartAsync(SentryServerOptions? options = null, TimeProvider? timeProvider = null) =>
        new(await ApiFixture.StartAsync(options), timeProvider ?? TimeProvider.System);

    public static ProvisionRequest Wish(string slug, ProvisionedProject? known = null) => new()
    {
        Owner = "owner-of-" + slug,
        Slug = slug,
        MayCreate = true,
        Known = known is null ? null : new KnownProject(known.Id, known.Slug, known.Created, known.PublicKey),
    };

    public Task<ProvisionResult> ProvisionAsync(ProvisionRequest request, TimeSpan maxAge) =>
        new ProjectProvisioner(Catalog.ViewFor(Api.Client, request, maxAge), Time).ProvisionAsync(request, ApiFixture.Cancellation);

    public async Task<ProvisionedProject> FindAsync(ProvisionRequest request, TimeSpan maxAge)
    {
        var result = await ProvisionAsync(request, maxAge);
        Assert.True(result.IsSuccess, result.Error?.Message);
        return result.Project;
    }

    /// <summary>Calls that were made since the last time, by method and route.</summary>
    public IReadOnlyDictionary<string, int> TakeCalls()
    {
        var calls = Api.State.Requests.All(ServerSide.Management)
            .Where(static call => call.Route != "/api/0/organizations/{org}/")
            .GroupBy(static call => $"{call.Method} {call.Route}")
            .ToDictionary(static group => group.Key, static group => group.Count());
        Api.State.Requests.Clear();
        return calls;
    }

    public async ValueTask DisposeAsync()
    {
        Catalog.Dispose();
        await Api.DisposeAsync();
    }
}
