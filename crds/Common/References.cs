using SentryOtel.Crds.Schema;
using SentryOtel.Crds.Validation;

namespace SentryOtel.Crds;

/// <summary>One key of a Secret in the namespace of the resource that refers to it.</summary>
public sealed class SecretKeyReference
{
    /// <summary>Name of the Secret.</summary>
    [Required, Length(1, 253), Pattern(Patterns.ObjectName)]
    public string Name { get; set; } = "";

    /// <summary>Key within the Secret's data.</summary>
    [Required, Length(1, 253), Pattern(Patterns.DataKey)]
    public string Key { get; set; } = "";
}

/// <summary>One key of a ConfigMap in the namespace of the resource that refers to it.</summary>
public sealed class ConfigMapKeyReference
{
    /// <summary>Name of the ConfigMap.</summary>
    [Required, Length(1, 253), Pattern(Patterns.ObjectName)]
    public string Name { get; set; } = "";

    /// <summary>Key within the ConfigMap's data.</summary>
    [Required, Length(1, 253), Pattern(Patterns.DataKey)]
    public string Key { get; set; } = "";
}

/// <summary>Where a bundle of PEM certificates is read from.</summary>
[ValidationRule("has(self.secretKeyRef) != has(self.configMapKeyRef)", RuleMessages.OneCertificateSource)]
public sealed class CertificateSource
{
    /// <summary>The bundle is in a Secret.</summary>
    public SecretKeyReference? SecretKeyRef { get; set; }

    /// <summary>The bundle is in a ConfigMap.</summary>
    public ConfigMapKeyReference? ConfigMapKeyRef { get; set; }
}
