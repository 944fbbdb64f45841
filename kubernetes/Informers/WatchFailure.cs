using System.Net;
using System.Net.Sockets;
using SentryOtel.Kubernetes.Client;

namespace SentryOtel.Kubernetes.Informers;

/// <summary>What a watch's exception means for the next attempt.</summary>
internal static class WatchFailure
{
    public static WatchEnd Classify(Exception exception) => exception switch
    {
        KubernetesException { IsGone: true } => WatchEnd.Expired,
        KubernetesException { IsTooManyRequests: true } => WatchEnd.Overloaded,
        KubernetesException { StatusCode: HttpStatusCode.InternalServerError } => WatchEnd.InternalError,
        KubernetesException => WatchEnd.Failed,
        HttpRequestException when IsRefused(exception) => WatchEnd.Overloaded,
        HttpRequestException => WatchEnd.Failed,
        // The stream was cut, or stayed silent for too long.
        IOException or TimeoutException => WatchEnd.Closed,
        _ => WatchEnd.Failed,
    };

    /// <summary>As a metric's label.</summary>
    public static string Label(WatchEnd end) => end switch
    {
        WatchEnd.Closed => "closed",
        WatchEnd.VeryShort => "very_short",
        WatchEnd.Expired => "expired",
        WatchEnd.Overloaded => "overloaded",
        WatchEnd.InternalError => "internal_error",
        _ => "failed",
    };

    private static bool IsRefused(Exception? exception) => exception switch
    {
        null => false,
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => true,
        _ => IsRefused(exception.InnerException),
    };
}
