"""The legal moves of a certificate of service, as a table: announced, issued under a number, revoked."""

from enum import StrEnum


class CertificateStatus(StrEnum):
    ANNOUNCED = "announced"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class CertificateMove(StrEnum):
    ISSUE = "issue"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"


CERTIFICATE_NAMES = {
    CertificateStatus.ANNOUNCED: "公示",
    CertificateStatus.ISSUED: "已出具",
    CertificateStatus.WITHDRAWN: "撤回",
    CertificateStatus.REVOKED: "已注销",
}
CERTIFICATE_MOVE_NAMES = {
    CertificateMove.ISSUE: "出具",
    CertificateMove.WITHDRAW: "撤回",
    CertificateMove.REVOKE: "注销",
}
# Nothing is added to the hours of its period while it stands.
STANDING = (CertificateStatus.ANNOUNCED, CertificateStatus.ISSUED)
CERTIFICATE_MOVES = {
    (CertificateStatus.ANNOUNCED, CertificateMove.ISSUE): CertificateStatus.ISSUED,
    (CertificateStatus.ANNOUNCED, CertificateMove.WITHDRAW): CertificateStatus.WITHDRAWN,
    (CertificateStatus.ISSUED, CertificateMove.REVOKE): CertificateStatus.REVOKED,
}
