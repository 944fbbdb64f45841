namespace SentryOtel.Operator.Discovery;

/// <summary>
/// The service's name in the environment of a pod template, as an OpenTelemetry SDK in the container would take it: OTEL_SERVICE_NAME before
/// service.name in OTEL_RESOURCE_ATTRIBUTES, empty as if it were absent.
/// </summary>
internal static class ContainerEnvironment
{
    private const string DefaultContainer = "kubectl.kubernetes.io/default-container";
    private const string ServiceName = "OTEL_SERVICE_NAME";
    private const string ResourceAttributes = "OTEL_RESOURCE_ATTRIBUTES";
    private const string NameAttribute = "service.name";

    /// <summary>
    /// The name that the first container gives, one that the template calls the default before the others; or why it can not be read. Init containers,
    /// and sidecars among them, are not asked.
    /// </summary>
    public static (string? Name, string? Unread) Read(PodTemplate template)
    {
        var first = template.Metadata?.Annotations?.TryGetValue(DefaultContainer, out var name) == true ? name : null;
        foreach (var container in (template.Spec?.Containers ?? []).OrderByDescending(container => container.Name == first))
        {
            var found = Read(container);
            if (found.Name is not null || found.Unread is not null)
            {
                return found;
            }
        }

        return (null, null);
    }

    private static (string? Name, string? Unread) Read(TemplateContainer container)
    {
        if (Find(container, ServiceName) is { } variable)
        {
            return Literal(variable.Value) is { } name ? (name, null) : (null, Unread(container, ServiceName));
        }

        if (Find(container, ResourceAttributes) is not { } attributes)
        {
            return (null, null);
        }

        if (attributes.ValueFrom is not null)
        {
            return (null, Unread(container, ResourceAttributes));
        }

        var pair = attributes.Value!.Split(',').Select(static text => text.Split('=', 2)).LastOrDefault(static pair => pair.Length == 2 && pair[0].Trim() == NameAttribute);
        return pair is null || string.IsNullOrWhiteSpace(pair[1]) ? (null, null)
            : Literal(pair[1]) is { } text ? (Uri.UnescapeDataString(text.Trim()), null)
            : (null, Unread(container, ResourceAttributes));
    }

    // Of several of one name a container gets the last.
    private static TemplateVariable? Find(TemplateContainer container, string name) =>
        container.Env?.LastOrDefault(variable => variable.Name == name) is { } found && (found.ValueFrom is not null || !string.IsNullOrWhiteSpace(found.Value)) ? found : null;

    // $(NAME) is another variable's value.
    private static string? Literal(string? value) => value?.Contains("$(", StringComparison.Ordinal) == false ? value : null;

    private static string Unread(TemplateContainer container, string variable) =>
        $"{variable} of container \"{container.Name}\" is made from something else (valueFrom, or another variable), which is not read";
}
