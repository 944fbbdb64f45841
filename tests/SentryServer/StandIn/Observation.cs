using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.StandIn;

/// <summary>Looking into the server: what was received, which requests came, what it knows.</summary>
internal static class Observation
{
    private const int DefaultRequests = 1_000;

    public static void Map(IEndpointRouteBuilder routes, string root, SentryState state)
    {
        routes.MapGet($"{root}/received", context => ReceivedAsync(context, state));
        routes.MapDelete($"{root}/received", context => Forget(context, state.Received.Clear));
        routes.MapGet($"{root}/requests", context => RequestsAsync(context, state));
        routes.MapDelete($"{root}/requests", context => Forget(context, state.Requests.Clear));
        routes.MapGet($"{root}/state", context => ControlJson.WriteAsync(context, StateView.Of(state)));
    }

    private static Task ReceivedAsync(HttpContext context, SentryState state)
    {
        var wanted = Query(context, "project");
        var signal = Query(context, "signal");
        if (signal is not (null or "traces" or "logs"))
        {
            return ControlJson.ProblemAsync(context, StatusCodes.Status400BadRequest, "signal: traces or logs");
        }

        var spans = signal == "logs" ? [] : state.Received.Spans(wanted);
        var logs = signal == "traces" ? [] : state.Received.Logs(wanted);
        var dropped = state.Received.Dropped(wanted).Where(drop => signal is null || signal == (drop.Signal == Signal.Traces ? "traces" : "logs")).ToList();
        var spansBySlug = spans.ToLookup(span => span.Arrival.ProjectSlug);
        var logsBySlug = logs.ToLookup(log => log.Arrival.ProjectSlug);
        var droppedBySlug = dropped.ToLookup(drop => drop.Project);
        var projects = state.Received.Totals().Where(total => wanted is null || wanted == total.Key).OrderBy(total => total.Key, StringComparer.Ordinal).Select(total => new
        {
            slug = total.Key,
            id = state.Projects.Find(total.Key)?.Id.ToString(CultureInfo.InvariantCulture),
            totals = total.Value,
            spans = spansBySlug[total.Key],
            logs = logsBySlug[total.Key],
            dropped = droppedBySlug[total.Key],
        });
        return ControlJson.WriteAsync(context, new { projects, forgotten = state.Received.Forgotten });
    }

    private static Task RequestsAsync(HttpContext context, SentryState state)
    {
        ServerSide? side = null;
        if (Query(context, "side") is { } text)
        {
            if (!Enum.TryParse<ServerSide>(text, ignoreCase: true, out var named))
            {
                return ControlJson.ProblemAsync(context, StatusCodes.Status400BadRequest, "side: management or ingest");
            }

            side = named;
        }

        var limit = int.TryParse(Query(context, "limit"), CultureInfo.InvariantCulture, out var given) ? given : DefaultRequests;
        var requests = state.Requests.All(side, Query(context, "path"));
        return ControlJson.WriteAsync(context, new { counters = state.Requests.Counters(), requests = requests.TakeLast(limit) });
    }

    private static Task Forget(HttpContext context, Action clear)
    {
        clear();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static string? Query(HttpContext context, string name) => context.Request.Query[name] is [{ Length: > 0 } value, ..] ? value : null;
}
