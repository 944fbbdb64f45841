namespace SentryOtel.Cluster.Pods;

/// <summary>Takes image references apart.</summary>
internal static class ImageReference
{
    /// <summary><c>host:5000/team/name:tag@sha256:…</c> without tag and digest.</summary>
    internal static string Repository(string image)
    {
        var name = image.Split('@')[0];
        // A colon before the last slash belongs to the registry's port.
        var tag = name.IndexOf(':', name.LastIndexOf('/') + 1);
        return tag < 0 ? name : name[..tag];
    }
}
