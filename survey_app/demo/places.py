"""Where the demo's company has branches, and what people and companies are called there: all made up."""

from __future__ import annotations

from dataclasses import dataclass

COMPANY = "Roble & Sen"


@dataclass(frozen=True, slots=True)
class Country:
    """One of the company's countries; `languages` with the share of customers who speak them."""

    code: str
    name: str
    time_zone: str
    # Hours of the local day in UTC, to let people answer while they are awake.
    utc_offset: int
    branches: tuple[str, ...]
    languages: dict[str, float]
    share_of_customers: float
    share_who_answer: float


COUNTRIES = (
    Country(
        code="US",
        name="United States",
        time_zone="America/Chicago",
        utc_offset=-6,
        branches=("Portland", "Austin", "Boston"),
        languages={"en": 0.86, "es": 0.1, "vi": 0.04},
        share_of_customers=0.34,
        share_who_answer=0.44,
    ),
    Country(
        code="VN",
        name="Vietnam",
        time_zone="Asia/Ho_Chi_Minh",
        utc_offset=7,
        branches=("Hà Nội", "Đà Nẵng", "TP. Hồ Chí Minh"),
        languages={"vi": 0.93, "en": 0.07},
        share_of_customers=0.38,
        share_who_answer=0.52,
    ),
    Country(
        code="ES",
        name="Spain",
        time_zone="Europe/Madrid",
        utc_offset=1,
        branches=("Madrid", "Sevilla", "Valencia"),
        languages={"es": 0.94, "en": 0.06},
        share_of_customers=0.28,
        share_who_answer=0.48,
    ),
)

GIVEN_NAMES = {
    "en": "Grace Daniel Olivia Marcus Hannah Ethan Chloe Samuel Nora Wesley Ruth Caleb Audrey Trevor Paige Leon Megan "
    "Curtis Ivy Spencer Holly Dean Clara Wyatt June Elliot Faye Gordon Tessa Miles Bridget Owen Sylvia Patrick".split(),
    "vi": "An Bình Châu Dũng Giang Hà Hạnh Hiếu Hoa Hùng Hương Khánh Khoa Lan Linh Long Mai Minh Nam Nga Ngọc Nhung "
    "Oanh Phong Phúc Phương Quân Quỳnh Sơn Tâm Thảo Thu Tiến Trang Trung Tuấn Uyên Việt Vy Yến".split(),
    "es": "Lucía Mateo Elena Álvaro Carmen Hugo Nuria Diego Inés Javier Rocío Sergio Marta Pablo Beatriz Iván Pilar "
    "Andrés Teresa Óscar Lorena Ramón Begoña Jesús Noelia Tomás Aitana Íñigo Silvia Martín Ángela Rubén".split(),
}
FAMILY_NAMES = {
    "en": "Walker Brooks Hayes Foster Bennett Reed Coleman Hughes Sanders Price Barnes Fisher Graham Wallace Ellis "
    "Porter Hunter Mason Dixon Hicks Palmer Rhodes Sutton Lowe O'Connor Fields Norton Hale Whitaker Pruitt".split(),
    "vi": "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Đoàn Mạc".split(),
    "es": "García Romero Ortega Iglesias Núñez Vidal Campos Herrera Peña Gallego Ibáñez Cabrera Márquez Prieto Rubio "
    "Santos Vega Fuentes Serrano Molina Ramos Muñoz Blanco Soler Carrasco Pascual Nieto Arroyo Benítez Zúñiga".split(),
}
MIDDLE_NAMES = "Thị Văn Minh Thanh Ngọc Đức Quốc Thu Hoàng Gia Bảo Kim Hữu Xuân".split()

COMPANY_NAMES = {
    "US": "Bluebird Dental|Larkspur Hotels|Copper Kettle Cafés|Northgate Law|Maple Row Clinics|Juniper Studios|"
    "Tidewater Realty|Redwood Coworking|Fern & Field Architects|Sunny Slope Schools|Harbor Point Inns|Quill Press",
    "VN": "Khách sạn Sao Mai|Cà phê Bến Xưa|Nhà hàng Lá Sen|Phòng khám An Tâm|Kiến trúc Nắng Mới|Trường Hoa Mặt Trời|"
    "Du lịch Cánh Buồm|Nội thất Mộc Lan|Văn phòng Gió Biển|Căn hộ Đồi Thông|Spa Hương Trầm|Nhà sách Trang Giấy",
    "ES": "Hotel Mirasol|Clínica Olivar|Café La Espiga|Estudio Tres Patios|Colegio Los Almendros|Gestoría Alborada|"
    "Restaurante El Romero|Inmobiliaria Puerta Azul|Librería La Noria|Hostal Buen Camino|Bodega Sierra Alta|Taller Norte",
}
