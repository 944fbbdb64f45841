using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Client;

/// <summary>URLs of the API, from parts that were checked first.</summary>
internal static class ResourcePath
{
    public static string Collection(EntityMetadata resource, string? @namespace)
    {
        var root = resource.Group.Length == 0
            ? $"/api/{Segment(resource.Version, "version")}"
            : $"/apis/{Segment(resource.Group, "group")}/{Segment(resource.Version, "version")}";
        if (string.IsNullOrEmpty(@namespace))
        {
            return $"{root}/{Segment(resource.PluralName, "plural")}";
        }

        return resource.Scope == EntityScope.Namespaced
            ? $"{root}/namespaces/{Segment(@namespace, "namespace")}/{Segment(resource.PluralName, "plural")}"
            : throw new ArgumentException($"{resource.Kind} is cluster-scoped and takes no namespace.", nameof(@namespace));
    }

    public static string Object(EntityMetadata resource, string? @namespace, string? name, string? subresource = null)
    {
        RequireNamespace(resource, @namespace);
        var path = $"{Collection(resource, @namespace)}/{Segment(name, "name")}";
        return subresource is null ? path : $"{path}/{Segment(subresource, "subresource")}";
    }

    public static void RequireNamespace(EntityMetadata resource, string? @namespace)
    {
        if (resource.Scope == EntityScope.Namespaced && string.IsNullOrEmpty(@namespace))
        {
            throw new ArgumentException($"{resource.Kind} lives in a namespace, and none is given.", nameof(@namespace));
        }
    }

    /// <summary>A path segment. The server refuses the same names; a URL must not be changed by one before it gets there.</summary>
    public static string Segment(string? value, string what) =>
        string.IsNullOrEmpty(value) || value is "." or ".." || value.AsSpan().ContainsAny('/', '%')
            ? throw new ArgumentException($"\"{value}\" can not be the {what} in a path: it must not be empty, \".\", \"..\", or contain \"/\" or \"%\".")
            : Uri.EscapeDataString(value);
}
