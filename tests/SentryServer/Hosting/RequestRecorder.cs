using Microsoft.AspNetCore.Http;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Hosting;

/// <summary>Outermost step of both ports: gives each request its number, keeps it to the prefix and logs it before the client can see the answer.</summary>
internal sealed class RequestRecorder(SentryState state, ServerSide side, string prefix)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var full = context.Request.Path.Value ?? "/";
        var inside = full.StartsWith(prefix + "/", StringComparison.Ordinal);
        var trace = new RequestTrace(state.Requests.NextId(), inside ? full[prefix.Length..] : full);
        context.Features.Set(trace);
        var at = state.Now;
        var isLogged = false;
        context.Response.OnStarting(() =>
        {
            Log();
            return Task.CompletedTask;
        });
        try
        {
            if (inside)
            {
                await next(context);
            }
            else
            {
                trace.Message = prefix.Length == 0 ? "no such path" : "outside of the path prefix";
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Kestrel answers 500; without this the cause would be nowhere to be seen.
            trace.Message = $"{exception.GetType().Name}: {exception.Message}";
            context.Response.StatusCode = context.Response.HasStarted ? context.Response.StatusCode : StatusCodes.Status500InternalServerError;
            throw;
        }
        finally
        {
            Log();
        }

        void Log()
        {
            if (!isLogged)
            {
                isLogged = true;
                state.Requests.Add(trace.ToEntry(context, side, at, prefix));
            }
        }
    }
}
