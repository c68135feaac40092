namespace Chain.Benchmarks.Workloads;

/// <summary>One signature as the interpreter hands it to libsecp256k1.</summary>
public sealed record SignatureSample(byte[] PublicKey, byte[] Signature, byte[] MessageHash);
