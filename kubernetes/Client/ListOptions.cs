using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Client;

/// <summary>Which objects a list gives, and how fresh.</summary>
public sealed record ListOptions
{
    /// <summary>Label selector: <c>app=web,tier!=cache</c>.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Field selector: <c>metadata.name=web</c>.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>At most so many objects on the page; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>Token of the next page, from <see cref="EntityList{T}.Continue"/>.</summary>
    public string? Continue { get; init; }

    /// <summary>Null: the newest state; <c>0</c>: any cached state; else see <see cref="ResourceVersionMatch"/>.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary><c>NotOlderThan</c> or <c>Exact</c>; needs a <see cref="ResourceVersion"/>.</summary>
    public string? ResourceVersionMatch { get; init; }
}

/// <summary>One page, or all, of a list.</summary>
/// <typeparam name="T">Kind of the objects.</typeparam>
/// <param name="Items">The objects.</param>
/// <param name="ResourceVersion">Version of the whole list: where a watch goes on.</param>
/// <param name="Continue">Token of the next page; null on the last.</param>
/// <param name="Undecodable">
/// Objects that exist but could not be read as <typeparamref name="T"/> (logged and counted): not to be taken for deleted.
/// </param>
public sealed record EntityList<T>(
    IReadOnlyList<T> Items, string ResourceVersion, string? Continue, IReadOnlyList<ObjectKey> Undecodable);
