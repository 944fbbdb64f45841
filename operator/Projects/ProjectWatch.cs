using Microsoft.Extensions.Logging;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Controllers;
using SentryOtel.Operator.Rounds;
using SentryOtel.Operator.Routes;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Catalogs;

namespace SentryOtel.Operator.Projects;

/// <summary>
/// Looks at the projects of all routes now and then, by one list per organisation where that is cheaper, and wakes the routes whose project is not as they know it: deleted,
/// renamed, another key, another team or platform. The others cost nothing.
/// </summary>
/// <param name="services">What controllers work with.</param>
/// <param name="exporters">The exporters.</param>
/// <param name="routes">The routes by exporter.</param>
/// <param name="resolver">Knows what a route asks of Sentry.</param>
/// <param name="times">How often.</param>
/// <param name="random">Jitter.</param>
/// <param name="wake">Wakes a route.</param>
internal sealed class ProjectWatch(
    OperatorServices services,
    IStore<SentryExporter> exporters,
    RouteIndex routes,
    ProjectResolver resolver,
    ProjectRouteTimes times,
    Random random,
    Action<ObjectKey> wake) : IRunnable
{
    /// <summary>The part of a round over which looks at single projects are spread.</summary>
    private const double Spread = 0.8;

    /// <summary>Rounds in which the keys of all projects are looked at, on servers that do not list them together.</summary>
    private const int KeyRounds = 6;

    private const string Round = "the round";

    private readonly ILogger _logger = services.LoggerFactory.CreateLogger<ProjectWatch>();
    private readonly RoundParts _parts = new("projects", services.LoggerFactory.CreateLogger<ProjectWatch>());

    /// <inheritdoc/>
    public string Name => "project watch";

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            await Task.Delay(Pause(), services.TimeProvider, stopping).ConfigureAwait(false);
            await _parts.TryAsync(Round, () => RunRoundAsync(stopping), stopping).ConfigureAwait(false);
        }
    }

    /// <summary>One look at all organisations.</summary>
    public async Task RunRoundAsync(CancellationToken cancellationToken)
    {
        var organizations = new Dictionary<OrganizationCatalog, List<WatchedRoute>>();
        var watching = exporters.List().Where(static exporter => exporter.Spec is { OrgSlug: not null, Suspend: false } && exporter.Metadata.DeletionTimestamp is null).ToList();
        foreach (var exporter in watching)
        {
            await _parts.TryAsync(PartOf(exporter), () => AddAsync(exporter, organizations, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        services.Catalogs.Keep(organizations.Keys.ToHashSet());
        await Task.WhenAll(organizations.Where(static pair => pair.Value.Count > 0).Select(pair => _parts.TryAsync(
            OrganizationOf(pair.Value[0].Exporter), () => LookAsync(pair.Key, pair.Value, cancellationToken), cancellationToken))).ConfigureAwait(false);
        _parts.Keep([Round, .. watching.SelectMany(static exporter => (string[])[PartOf(exporter), RoutesOf(exporter), OrganizationOf(exporter)])]);
    }

    private static string PartOf(SentryExporter exporter) => ObjectKey.Of(exporter).ToString();

    private static string RoutesOf(SentryExporter exporter) => $"the routes of {ObjectKey.Of(exporter)}";

    private static string OrganizationOf(SentryExporter exporter) => $"the organization of {ObjectKey.Of(exporter)}";

    private async Task AddAsync(SentryExporter exporter, Dictionary<OrganizationCatalog, List<WatchedRoute>> organizations, CancellationToken cancellationToken)
    {
        if (await CatalogOfAsync(exporter, cancellationToken).ConfigureAwait(false) is { } catalog)
        {
            if (!organizations.TryGetValue(catalog, out var watched))
            {
                organizations.Add(catalog, watched = []);
            }

            watched.AddRange(routes.Of(ObjectKey.Of(exporter)).Where(IsWatched).Select(route => new WatchedRoute(exporter, route)));
        }
    }

    private async Task<OrganizationCatalog?> CatalogOfAsync(SentryExporter exporter, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await services.Connections.GetAsync(exporter, cancellationToken).ConfigureAwait(false);
            if (connection.Api is not null)
            {
                return services.Catalogs.Of(connection, services.TimeProvider);
            }

            Wake(routes.Of(ObjectKey.Of(exporter)).Where(IsReady));
        }
        catch (Exception exception) when (exception is KubernetesException or HttpRequestException or IOException or TimeoutException)
        {
            // The next round comes.
            Log.SecretNotRead(_logger, exception, ObjectKey.Of(exporter));
        }

        return null;
    }

    private async Task LookAsync(OrganizationCatalog catalog, List<WatchedRoute> watched, CancellationToken cancellationToken)
    {
        var projects = watched.Select(static route => route.ProjectId).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var error = catalog.PrefersList(watched.Count) ? await catalog.ListAsync(cancellationToken).ConfigureAwait(false) : null;
        if (!catalog.PrefersList(watched.Count))
        {
            // Few projects; or the token may not list.
            error = await EachAsync(projects, catalog.RefreshAsync, cancellationToken).ConfigureAwait(false);
        }
        else if (error is null && catalog.ListsNoKeys)
        {
            var due = catalog.WithOldestKeys(projects).Take((projects.Count + KeyRounds - 1) / KeyRounds).ToList();
            error = await EachAsync(due, catalog.RefreshKeysAsync, cancellationToken).ConfigureAwait(false);
        }

        if (error is { IsTransient: true })
        {
            // What is known stays in force, and the exporter says that Sentry can not be asked.
            Log.OrganizationNotRead(_logger, error.ToString());
            return;
        }

        foreach (var own in watched.GroupBy(static route => route.Exporter))
        {
            _parts.Try(RoutesOf(own.Key), () => Wake(own.Where(route => (error is not null && IsReady(route.Route)) || Differs(catalog, route)).Select(static route => route.Route)));
        }
    }

    private async Task<SentryError?> EachAsync(
        List<string> projects, Func<string, CancellationToken, Task<SentryError?>> look, CancellationToken cancellationToken)
    {
        foreach (var project in projects)
        {
            if (await look(project, cancellationToken).ConfigureAwait(false) is { } error)
            {
                return error;
            }

            await Task.Delay(times.DriftCheck * Spread / projects.Count, services.TimeProvider, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    private bool Differs(OrganizationCatalog catalog, WatchedRoute watched)
    {
        var known = watched.Route.Status?.Project;
        return catalog.Differs(resolver.Request(watched.Route, watched.Exporter, known), ProjectResolver.EndpointsOf(known));
    }

    private void Wake(IEnumerable<SentryProjectRoute> due)
    {
        foreach (var route in due)
        {
            wake(ObjectKey.Of(route));
        }
    }

    private static bool IsWatched(SentryProjectRoute route) => route is { Metadata.DeletionTimestamp: null, Spec: { Project: not null, Suspend: false } }
        && route.Status?.Conditions.IsConditionTrue(RouteReasons.AcceptedType) == true;

    private static bool IsReady(SentryProjectRoute route) => IsWatched(route) && route.Status!.Conditions.IsConditionTrue(RouteReasons.ProjectReadyType);

    private TimeSpan Pause()
    {
        lock (random)
        {
            return times.DriftCheck * (0.9 + (0.2 * random.NextDouble()));
        }
    }

    private sealed record WatchedRoute(SentryExporter Exporter, SentryProjectRoute Route)
    {
        public string? ProjectId => Route.Status?.Project is { Id: { Length: > 0 } id } project && !OrganizationUrl.IsElsewhere(Exporter, project.OrganizationUrl) ? id : null;
    }
}
