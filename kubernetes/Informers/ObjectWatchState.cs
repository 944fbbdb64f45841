namespace SentryOtel.Kubernetes.Informers;

/// <summary>What an <see cref="ObjectWatch{T}"/> knows of its object.</summary>
/// <param name="Version">The object's resource version; <see cref="Absent"/> when there is no such object; null until the server has said.</param>
/// <param name="IsLive">True while changes are told as they happen. False: the server is away, and <paramref name="Version"/> may be old.</param>
/// <param name="IsRefused">The server does not serve this watch, for want of a right most likely.</param>
public sealed record ObjectWatchState(string? Version, bool IsLive, bool IsRefused)
{
    /// <summary>The version of an object that is not there.</summary>
    public const string Absent = "";

    internal static ObjectWatchState Unknown { get; } = new(null, IsLive: false, IsRefused: false);
}
