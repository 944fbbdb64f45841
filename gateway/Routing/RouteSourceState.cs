namespace SentryOtel.Gateway.Routing;

/// <summary>The state of a route source that looks projects up.</summary>
/// <param name="Routes">Services by what is known of their project.</param>
/// <param name="Created">Projects created by this process.</param>
/// <param name="LookupFailures">Look-ups that were not answered as they should be.</param>
internal sealed record RouteSourceState(RouteCounts Routes, long Created, long LookupFailures);

/// <summary>Services by what is known of their project.</summary>
/// <param name="Active">Data flow.</param>
/// <param name="Waiting">The project is being looked up or made.</param>
/// <param name="Refused">There is none.</param>
/// <param name="Gone">There was one, and it was deleted.</param>
internal readonly record struct RouteCounts(int Active, int Waiting, int Refused, int Gone);
