using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.StandIn;

/// <summary>What no Sentry has: the live page, and <c>/_stand-in/</c> where tests look into the server and set it up. Not logged, not subject to faults.</summary>
internal static class ControlPlane
{
    private const string Root = "/_stand-in";

    public static void Use(WebApplication app, SentryState state, FaultQueue faults, Func<bool, CancellationToken, Task> listen) => app.MapWhen(IsOurs, branch =>
    {
        branch.UseRouting();
        branch.UseEndpoints(routes =>
        {
            LivePage.Map(routes);
            Observation.Map(routes, Root, state);
            Steering.Map(routes, Root, state);
            FaultControl.Map(routes, Root, faults);
            IngestPort.Map(routes, Root, listen);
        });
    });

    private static bool IsOurs(HttpContext context) => LivePage.Has(context.Request.Path) || context.Request.Path.StartsWithSegments(Root);
}
